/** A metric of very many points: how long a part of it takes, and how many frames a second the page has while it is moved. */
import { startViewer } from "@mlog/viewer";
import { startChromium } from "../../test/browser/chromium.ts";
import { printFigures, readParameters } from "../harness/measure.ts";
import { randomSource } from "../harness/random.ts";
import { metricNames } from "../harness/rows.ts";
import { quantile } from "../harness/statistics.ts";
import { Client } from "./client.ts";

const { folder, cacheFolder, points } = readParameters<{
  folder: string;
  cacheFolder: string;
  points: number;
}>();
const SECONDS = 4;
const metric = metricNames(1)[0]!;

const viewer = await startViewer({ folder, cacheFolder });
const client = new Client(viewer);
const [id] = await client.follow((_, caughtUp) => caughtUp);
const random = randomSource(1);
const times: number[] = [];
for (let i = 0; i < 300; i++) {
  const width = points * 10 ** (-4 * random());
  const from = random() * (points - width);
  const start = performance.now();
  await client.curves([id!], metric, { from, to: from + width });
  times.push(performance.now() - start);
}

const { browser, stop } = await startChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(viewer.url);
await page.waitForSelector(".legend li");
const frames = await page.evaluate(`(${countFrames.toString()})(${SECONDS * 1000})`);
await stop();
await viewer.close();
printFigures({ p50: quantile(times, 0.5), p95: quantile(times, 0.95), frames: (frames as number) / SECONDS });

/** In the page: zooms in, then moves with every frame; counts the frames. */
function countFrames(duration: number): Promise<number> {
  const plot = document.querySelector<HTMLElement>(".plot")!;
  const press = (key: string): boolean =>
    plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  for (let i = 0; i < 6; i++) press("+");
  return new Promise((resolve) => {
    const start = performance.now();
    let count = 0;
    const frame = (): void => {
      if (performance.now() - start > duration) return resolve(count);
      press(count++ % 60 < 30 ? "ArrowRight" : "ArrowLeft");
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
