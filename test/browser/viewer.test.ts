import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { startViewer, type Viewer, writeReport } from "@mlog/viewer";
import type axe from "axe-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { logRun } from "../../packages/viewer/test/sample-runs.ts";
import { startChromium } from "./chromium.ts";
import { type Opened, openPage, type PageOptions, pixelsOf, settledPixels } from "./open-page.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "mlog-viewer-"));
const runs = join(folder, "runs");
const started = await startChromium().catch((error: unknown) => String(error).split("\n", 1)[0]!);
let viewer: Viewer;

beforeAll(async () => {
  for (const learningRate of [0.003, 0.03]) {
    await logRun({ root: runs, runName: `search-${learningRate}`, learningRate, steps: 80 });
  }
  viewer = await startViewer({ folder: runs, cacheFolder: null });
});
afterAll(async () => {
  if (typeof started === "object") await started.stop();
  await viewer.close();
  rmSync(folder, { recursive: true });
});
beforeEach(({ skip }) => {
  if (typeof started === "string") skip(`Chromium does not start, CHROMIUM_PATH may name one: ${started}`);
});

function open(url: string, options?: PageOptions): Promise<Opened> {
  return openPage((started as Exclude<typeof started, string>).browser, url, options);
}

function chart(metric: string): string {
  return `figure[data-metric="${metric}"]`;
}

describe("the page of a viewer, in Chromium", () => {
  it("shows a run while it trains, and its chart gains points without a reload", async () => {
    const root = join(folder, "live");
    mkdirSync(root);
    await using live = await startViewer({ folder: root, cacheFolder: null });
    const page = await (started as Exclude<typeof started, string>).browser.newPage();
    await page.goto(live.url);
    await page.waitForSelector("text=There is no run here yet");
    await page.evaluate("window.isSamePage = true");

    const state = new State({ runName: "training" });
    const logger = new Logger(state, new FileLogger({ root, captureStdout: false, captureStderr: false }));
    const log = async (batches: number): Promise<void> => {
      for (let i = 0; i < batches; i++) {
        logger.logMetrics({ loss: 1 / (1 + state.timestamp.batch) });
        state.nextBatch();
      }
      await logger.flush();
    };
    await log(10);
    await page.waitForSelector("text=training");
    await page.waitForSelector(`${chart("loss")} .place >> text=@ 9`);
    await log(15);
    await page.waitForSelector(`${chart("loss")} .place >> text=@ 24`);
    expect(await page.evaluate("window.isSamePage")).toBe(true);
    await logger.close();
    await page.waitForSelector(".status >> text=ended");
    await page.close();
  });

  it("overlays runs, zooms by keys and by dragging, and shows values where the pointer is", async () => {
    await using opened = await open(viewer.url);
    const { page, errors } = opened;
    const legend = `${chart("loss/train")} .legend`;
    await page.waitForSelector(`${legend} li >> nth=1`);
    expect(await page.locator(`${legend} .name`).allTextContents()).toEqual(["search-0.003", "search-0.03"]);

    const plot = page.locator(`${chart("loss/train")} .plot`);
    const all = `${chart("loss/train")} [aria-label="Show all"]`;
    await plot.focus();
    await page.keyboard.press("+");
    await page.waitForSelector(all);
    await page.keyboard.press("0");
    await page.waitForSelector(all, { state: "detached" });

    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 80);
    await page.waitForSelector(`${legend}[data-at="pointer"]`);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 90, { steps: 4 });
    await page.mouse.up();
    await page.waitForSelector(all);

    await page.locator(".run input").first().uncheck();
    await page.waitForSelector(`${legend} li >> nth=1`, { state: "detached" });
    expect(errors).toEqual([]);
  });

  it("draws over wall time and epochs, smoothed, and on a logarithmic scale", async () => {
    await using opened = await open(viewer.url);
    const { page, errors } = opened;
    const canvas = `${chart("loss/train")} canvas`;
    await page.waitForSelector(`${chart("loss/train")} .legend li`);
    const drawn = new Set([await pixelsOf(page, canvas)]);
    for (const change of [
      () => page.getByLabel("Over").selectOption("epoch"),
      () => page.getByLabel("Over").selectOption("time"),
      () => page.getByLabel("Smoothing").fill("0.9"),
      () => page.getByLabel("Log scale").check(),
    ]) {
      await change();
      await page.waitForFunction(
        ([selector, known]) =>
          !known!.includes(document.querySelector<HTMLCanvasElement>(selector!)!.toDataURL()),
        [canvas, [...drawn].join(" ")],
      );
      drawn.add(await pixelsOf(page, canvas));
    }
    expect(errors).toEqual([]);
  });

  it("moves through the steps of pictures, and lays masks over them", async () => {
    await using opened = await open(viewer.url);
    const { page, errors } = opened;
    await page.click("#tab-images");
    const canvas = ".pictures canvas";
    await page.waitForSelector(".steps output >> text=step 80");
    await page.waitForFunction((found) => document.querySelector(found) !== null, canvas);
    const slider = page.locator(".steps input").first();
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector(".steps output >> text=step 60");

    await page.getByLabel("truth").first().check();
    await page.waitForSelector(`${canvas}[data-masks="truth"]`);
    const disc = page.getByLabel("disc").first();
    const withDisc = await settledPixels(page, canvas);
    await disc.uncheck();
    await page.waitForFunction(
      ([selector, before]) => document.querySelector<HTMLCanvasElement>(selector!)!.toDataURL() !== before,
      [canvas, withDisc],
    );
    expect(errors).toEqual([]);
  });

  it("sorts tables, with pictures in their cells", async () => {
    await using opened = await open(viewer.url);
    const { page, errors } = opened;
    await page.click("#tab-tables");
    await page.waitForSelector("td canvas");
    const table = page.locator("table").first();
    const scores = async (): Promise<number[]> =>
      (await table.locator("td.number").allTextContents()).map(Number);
    await table.getByRole("button", { name: "score" }).click();
    await page.waitForSelector('th[aria-sort="ascending"]');
    const ascending = await scores();
    await table.getByRole("button", { name: "score" }).click();
    await page.waitForSelector('th[aria-sort="descending"]');
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
    expect(await scores()).toEqual(ascending.toReversed());
    expect(errors).toEqual([]);
  });

  it("shows the histograms and traces of the rank that is chosen", async () => {
    const root = join(folder, "ranks");
    for (const rank of [0, 1]) {
      const logger = new Logger(
        new State({ runName: "two", ranks: { rank, worldSize: 2 } }),
        new FileLogger({ root, captureStdout: false, captureStderr: false }),
      );
      logger.logHistogram("weights", new Float32Array(rank + 1));
      logger.logTraces({ device: `gpu ${rank}` });
      await logger.close();
    }
    await using two = await startViewer({ folder: root, cacheFolder: null });
    await using opened = await open(two.url);
    const { page, errors } = opened;
    await page.click("#tab-histograms");
    await page.waitForSelector("text=1 value");
    await page.getByLabel("Rank of weights of two").selectOption("1");
    await page.waitForSelector("text=2 values");
    await page.click("#tab-traces");
    await page.waitForSelector("text=gpu 0");
    await page.getByLabel("Rank of the traces of two").selectOption("1");
    await page.waitForSelector("text=gpu 1");
    expect(errors).toEqual([]);
  });

  it("finds runs by name and by hyperparameter", async () => {
    await using opened = await open(viewer.url);
    const { page } = opened;
    const names = page.locator(".run .name");
    await page.getByLabel("Search runs").fill("learningRate=0.03");
    await page.waitForSelector("text=1 of 2 runs");
    expect(await names.allTextContents()).toEqual(["search-0.03"]);
    await page.getByLabel("Search runs").fill("nothing");
    await page.waitForSelector("text=0 of 2 runs");
  });

  it.for([
    ["wide and light", { width: 1280, dark: false }],
    ["wide and dark", { width: 1280, dark: true }],
    ["as a phone", { width: 390, dark: false }],
  ] as const)("has nothing that axe finds inaccessible, %s", async ([, options]) => {
    await using opened = await open(viewer.url, options);
    const { page } = opened;
    for (const tab of await page.locator('[role="tab"]').all()) {
      await tab.click();
      await opened.settle();
      await page.evaluate(axeSource);
      const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} (${nodes.length})`);
      expect({ tab: await tab.textContent(), found }).toEqual({ tab: await tab.textContent(), found: [] });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });

  it("runs nothing that others put into names, tables, and texts", async () => {
    const root = join(folder, "hostile");
    const attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const logger = new Logger(
      new State({ runName: "hostile" }),
      new FileLogger({ root, captureStdout: false, captureStderr: false }),
    );
    logger.logHyperparameters({ [attack]: attack });
    logger.logMetrics({ [attack]: 1, constructor: 2, __proto__x: 3 });
    logger.logTable([attack], [[attack], ["javascript:window.hacked=1"]], { name: attack });
    logger.logTraces({ [attack]: { [attack]: attack } });
    logger.logHistogram(attack, [1, 2, 3]);
    await logger.close();
    const log = join(root, "hostile/logs-rank0.jsonl");
    const head = '"seq":99,"time":1,"step":1,"epoch":0,"batch":1,"sample":0,"token":0';
    const evil = `{"file":"../../../etc/passwd","size":1,"sha256":"x","width":9,"height":9,"channels":3,"masks":{}}`;
    appendFileSync(
      log,
      `{"v":1,"type":"output",${head},"stream":"stdout","text":${JSON.stringify(attack)}}\n`,
    );
    appendFileSync(
      log,
      `{"v":1,"type":"images",${head},"name":"evil","images":[${evil}],"maskClassLabels":{},"useTable":true}\n`,
    );
    appendFileSync(log, `{"v":1,"type":"metrics",${head},"metrics":{"__proto__":1}}\n`);
    await using hostile = await startViewer({ folder: root, cacheFolder: null });
    await using opened = await open(hostile.url);
    const { page, errors } = opened;
    for (const tab of await page.locator('[role="tab"]').all()) {
      await tab.click();
      await opened.settle();
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect(await page.locator("#panel script, #panel img, aside img").count()).toBe(0);
    }
    await page.click("#tab-images");
    await page.waitForSelector("text=pictures of a log are named");
    await page.click("#tab-tables");
    await page.waitForSelector(`td >> text=${attack}`);
    const notOfPictures = errors.filter((text) => !text.includes("status of 404"));
    expect(notOfPictures).toEqual([]);
  });

  it("says what to do without the token", async () => {
    const page = await (started as Exclude<typeof started, string>).browser.newPage();
    await page.goto(viewer.url.replace(/#.*/, ""));
    expect(await page.textContent("main")).toContain("needs the whole address");
    await page.close();
  });
});

describe("a report, in Chromium", () => {
  it("opens from disk, shows charts, pictures and tables, and asks nothing of any network", async () => {
    const path = join(folder, "report.html");
    const report = await writeReport(join(runs, "search-0.03"), path);
    expect(report.warnings).toEqual([]);
    await using opened = await open(pathToFileURL(path).href);
    const { page, requests, errors } = opened;
    await page.waitForSelector(`${chart("loss/train")} .legend li`);
    await page.click("#tab-images");
    await page.waitForSelector(".pictures canvas");
    await page.click("#tab-tables");
    await page.waitForSelector("td canvas");
    await page.click("#tab-histograms");
    await page.waitForSelector(".bars rect");
    await page.click("#tab-files");
    await page.waitForSelector("td >> text=logs-rank0.jsonl");
    expect(await page.locator("td button").count()).toBe(0);
    expect(requests.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("is not written over a file that is there, nor without a run", async () => {
    const path = join(folder, "twice.html");
    await writeReport(join(runs, "search-0.03"), path);
    await expect(writeReport(join(runs, "search-0.03"), path)).rejects.toMatchObject({ code: "FILE_EXISTS" });
    await expect(writeReport(join(folder, "none"), path)).rejects.toMatchObject({ code: "LOG_NOT_FOUND" });
  });
});
