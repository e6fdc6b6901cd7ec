import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "./chromium.ts";

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "page.ts")],
  bundle: true,
  format: "esm",
  platform: "browser",
  conditions: ["@mlog/source"],
  write: false,
});
const script = outputFiles[0]!.text;
const strictPolicy = "default-src 'none'; script-src 'self'";

// `/strict` forbids the page to generate code.
const server = createServer((request, response) => {
  if (request.url === "/page.js") return response.setHeader("content-type", "text/javascript").end(script);
  if (request.url === "/strict") response.setHeader("content-security-policy", strictPolicy);
  return response
    .setHeader("content-type", "text/html")
    .end('<script type="module" src="/page.js"></script>');
});

const started = await startChromium().catch((error: unknown) => String(error).split("\n", 1)[0]!);

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  if (typeof started === "object") await started.stop();
});

describe("core and memory in Chromium", () => {
  it.for([
    ["that may generate code", "/", true],
    ["that may not generate code", "/strict", false],
  ] as const)("keep what is logged on a page %s", async ([, path, mayGenerateCode], { skip }) => {
    if (typeof started === "string") {
      skip(`Chromium does not start, CHROMIUM_PATH may name one: ${started}`);
      return;
    }
    const page = await started.browser.newPage();
    const printed = await new Promise<string>((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => message.type() === "log" && resolve(message.text()));
      page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`).catch(reject);
    });
    await page.close();

    expect(JSON.parse(printed)).toEqual({
      mayGenerateCode,
      losses: Array.from({ length: 100 }, (_, batch) => batch / 100),
      hyperparameters: { learningRate: 0.01 },
      image: { width: 4, height: 2, channels: 4, firstPixel: [255, 0, 0, 255] },
    });
  });
});
