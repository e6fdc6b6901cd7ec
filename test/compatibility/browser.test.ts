import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { startChromium } from "../browser/chromium.ts";
import { installed } from "../published/unpack.ts";

it("core and memory, packed and bundled, run in Chromium", async ({ skip }) => {
  const folder = await installed(["@mlog/core", "@mlog/memory"]);
  await copyFile(join(import.meta.dirname, "../browser/page.ts"), join(folder, "page.ts"));
  const { outputFiles } = await build({
    entryPoints: [join(folder, "page.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const started = await startChromium().catch((error: unknown) => String(error).split("\n", 1)[0]!);
  if (typeof started === "string") {
    skip(`Chromium does not start, CHROMIUM_PATH may name one: ${started}`);
    return;
  }
  try {
    const page = await started.browser.newPage();
    const printed = new Promise<string>((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => message.type() === "log" && resolve(message.text()));
    });
    await page.addScriptTag({ type: "module", content: outputFiles[0]!.text });
    expect(JSON.parse(await printed)).toMatchObject({
      losses: Array.from({ length: 100 }, (_, batch) => batch / 100),
      image: { width: 4, height: 2, channels: 4 },
    });
  } finally {
    await started.stop();
  }
});
