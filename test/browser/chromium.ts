import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

// A page of our own needs none of the services that a browser calls at its start.
const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts the Chromium that `CHROMIUM_PATH` names, else the one that an npm package carries (Linux on x64 only).
 * Rejects if it does not start.
 */
export async function startChromium(): Promise<{ browser: Browser; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-chromium-"));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const executablePath = process.env["CHROMIUM_PATH"] ?? (await unpackChromium(folder));
    // Without a language of the machine, pages get one that `Intl` refuses; without a font, Chromium ends.
    const env = { ...process.env, LC_ALL: "en_US.UTF-8", FONTCONFIG_FILE: await writeFontConfig(folder) };
    const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: flags, env });
    return { browser, stop: () => browser.close().then(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** Unpacks to a folder of this run's own: the package takes a half unpacked browser for a whole one. */
async function unpackChromium(folder: string): Promise<string> {
  process.env["TMPDIR"] = folder;
  // Has the package unpack the system libraries too that Chromium needs; a small machine has none of them.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs24.x";
  const { default: packed } = await import("@sparticuz/chromium");
  return packed.executablePath();
}

/** The package's own configuration looks for its fonts where they are only on one kind of machine. */
async function writeFontConfig(folder: string): Promise<string> {
  const path = join(folder, "fonts.conf");
  const dirs = [join(folder, "fonts"), "/usr/share/fonts"].map((dir) => `<dir>${dir}</dir>`);
  const cache = `<cachedir>${join(folder, "font-cache")}</cachedir>`;
  await writeFile(path, `<?xml version="1.0"?><fontconfig>${dirs.join("")}${cache}</fontconfig>`);
  return path;
}
