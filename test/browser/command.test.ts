import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startChromium } from "./chromium.ts";

const mlog = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const demo = fileURLToPath(new URL("../../examples/mnist/src/main.ts", import.meta.url));
const asSource = "--conditions=@mlog/source";
const folder = mkdtempSync(join(tmpdir(), "mlog-command-"));
const children: ChildProcess[] = [];
const started = await startChromium().catch((error: unknown) => String(error).split("\n", 1)[0]!);

afterAll(async () => {
  for (const child of children) await end(child);
  if (typeof started === "object") await started.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(({ skip }) => {
  if (typeof started === "string") skip(`Chromium does not start, CHROMIUM_PATH may name one: ${started}`);
});

/** A process that works in the folder and is gone after the tests. */
function start(...args: string[]): ChildProcess {
  const { WANDB_BASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [asSource, ...args], {
    cwd: folder,
    env: { ...env, XDG_CACHE_HOME: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("the command, in Chromium", () => {
  it("views the demo while it trains, and reports what it had logged when it was killed", async () => {
    const { browser } = started as Exclude<typeof started, string>;
    mkdirSync(join(folder, "runs"));
    const viewing = start(mlog, "view");
    const lines = createInterface({ input: viewing.stdout! })[Symbol.asyncIterator]();
    const { value: url } = (await lines.next()) as { value: string };
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForSelector("text=There is no run here yet");

    const training = start(demo);
    training.stdout!.resume();
    const place = 'figure[data-metric="loss/train"] .place';
    await page.waitForSelector(place);
    const first = await page.textContent(place);
    await page.waitForFunction(
      ([selector, before]) => document.querySelector(selector!)?.textContent !== before,
      [place, first],
    );
    expect(await page.textContent(".run .status")).toBe("running");
    expect(training.exitCode).toBe(null);
    await end(training);
    await page.close();

    const [name] = readdirSync(join(folder, "runs"));
    await promisify(execFile)(process.execPath, [asSource, mlog, "report", name!, "-o", "run.html"], {
      cwd: folder,
    });
    const report = await browser.newPage();
    const requests: string[] = [];
    report.on("request", (request) => requests.push(request.url()));
    await report.goto(pathToFileURL(join(folder, "run.html")).href);
    await report.waitForSelector(place);
    expect(await report.textContent(".run .name")).toBe(name);
    expect(requests.filter((each) => !/^(file|blob|data):/.test(each))).toEqual([]);
    await report.close();
  });
});
