/** Looks for the threshold that segments best, and logs what each one sees. */
import { dirname, join } from "node:path";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { CLASSES, drawScene, SIZE } from "./scene.ts";
import { overlap, segment } from "./segment.ts";

const SCENES = 4;
const noise = 0.35;
const thresholds = [0.02, 0.08, 0.16, 0.24, 0.32];

const state = new State({ maxDuration: `${thresholds.length}ba` });
const file = new FileLogger();
await using logger = new Logger(state, file);
logger.logHyperparameters({ noise, thresholds, scenes: SCENES });

const scenes = Array.from({ length: SCENES }, (_, seed) => drawScene(seed, noise));
for (const threshold of thresholds) {
  const predictions = scenes.map(({ pixels }) => segment(pixels, threshold));
  const mean = (classId: number): number =>
    scenes.reduce((sum, { truth }, i) => sum + overlap(truth, predictions[i]!, classId), 0) / SCENES;
  const [disc, square] = [mean(1), mean(2)];
  logger.logMetrics({ threshold, "iou/disc": disc, "iou/square": square });
  logger.logImages(
    scenes.map(({ pixels }) => ({ data: pixels, shape: [3, SIZE, SIZE] })),
    {
      name: "scenes",
      masks: {
        truth: scenes.map(({ truth }) => ({ data: truth, shape: [SIZE, SIZE] })),
        prediction: predictions.map((data) => ({ data, shape: [SIZE, SIZE] })),
      },
      maskClassLabels: CLASSES,
    },
  );
  state.nextBatch({ samples: SCENES });
  console.log(
    `threshold ${threshold.toFixed(2)}: overlap ${disc.toFixed(3)} (discs), ${square.toFixed(3)} (squares)`,
  );
}
await logger.flush();
console.log(`\nPictures and masks: ${join(dirname(file.path!), "media")}`);
