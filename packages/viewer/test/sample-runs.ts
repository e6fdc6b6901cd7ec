/** Runs as a small search over hyperparameters would leave them, with something of everything that can be logged. */
import { image, Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";

const SIDE = 48;

/** What {@link logRun} does. */
export interface SampleRun {
  readonly root: string;
  readonly runName: string;
  readonly learningRate?: number;
  readonly steps?: number;
  readonly rank?: number;
  readonly worldSize?: number;
  readonly seed?: number;
  /** Pictures, tables and the like too. */
  readonly media?: boolean;
  readonly fails?: boolean;
}

/** Logs a whole run and closes it. */
export async function logRun(run: SampleRun): Promise<void> {
  const { root, runName, learningRate = 0.01, steps = 200, rank = 0, worldSize = 1, media = true } = run;
  const random = generator(run.seed ?? 1);
  let now = 1_795_377_236_000;
  const state = new State({ runName, maxDuration: `${steps}ba`, now: () => now, ranks: { rank, worldSize } });
  const file = new FileLogger({ root, captureStdout: false, captureStderr: false });
  const logger = new Logger(state, file);
  logger.logHyperparameters({ learningRate, batchSize: 64, optimizer: "adam", seed: run.seed ?? 1 });
  if (media)
    logger.logTraces({
      model: {
        layers: [
          { type: "conv", filters: 8 },
          { type: "dense", units: 10 },
        ],
      },
    });
  logger.runEvent("fitStart");
  const epochLength = Math.max(1, Math.floor(steps / 4));
  for (let step = 0; step < steps; step++) {
    now += 250;
    const loss = 2.3 * Math.exp((-step * learningRate * 400) / steps) + 0.1 + random() * 0.15;
    logger.logMetrics({
      "loss/train": loss,
      "accuracy/train": Math.min(1, Math.max(0, 1 - loss / 2.6 + random() * 0.05)),
      learning_rate: learningRate * 0.7 ** Math.floor(step / epochLength),
    });
    if (step % 10 === 0) {
      logger.logMetrics({ "system/cpu_percent": 60 + 30 * random(), "system/rss_mib": 300 + step / 4 });
    }
    state.nextBatch({ samples: 64 });
    if ((step + 1) % epochLength === 0) {
      logger.logMetrics({ "loss/eval": loss * 1.1, "accuracy/eval": Math.max(0, 1 - loss / 2.4) });
      if (media) logMedia(logger, step / steps, random);
      state.nextEpoch();
    }
  }
  await logger.close(run.fails === true ? { error: new RangeError("the loss is no longer a number") } : {});
}

function logMedia(logger: Logger, progress: number, random: () => number): void {
  const scenes = [0, 1, 2].map((at) => scene(0.3 + at * 0.2, progress, random));
  const shape = [SIDE, SIDE];
  logger.logImages(
    scenes.map(({ pixels }) => ({ data: pixels, shape: [3, SIDE, SIDE] })),
    {
      name: "scenes",
      masks: {
        truth: scenes.map(({ truth }) => ({ data: truth, shape })),
        prediction: scenes.map(({ prediction }) => ({ data: prediction, shape })),
      },
      maskClassLabels: { 0: "background", 1: "disc", 2: "square" },
    },
  );
  const rows = scenes.map(({ pixels }, at) => [
    image({ data: pixels, shape: [3, SIDE, SIDE] }),
    `scene ${at}`,
    progress * random(),
    random() > 0.5,
  ]);
  logger.logTable(["image", "name", "score", "right"], rows, { name: "predictions" });
  const weights = Float32Array.from(
    { length: 2000 },
    () => (random() + random() + random() - 1.5) * (1 + progress),
  );
  logger.logHistogram("weights/conv", weights);
}

function scene(
  place: number,
  progress: number,
  random: () => number,
): { pixels: Float32Array; truth: Uint8Array; prediction: Uint8Array } {
  const plane = SIDE * SIDE;
  const pixels = new Float32Array(3 * plane);
  const truth = new Uint8Array(plane);
  const prediction = new Uint8Array(plane);
  for (let i = 0; i < plane; i++) {
    const [y, x] = [Math.floor(i / SIDE) / SIDE, (i % SIDE) / SIDE];
    const isDisc = Math.hypot(y - place, x - 0.35) < 0.2;
    const isSquare = Math.max(Math.abs(y - 1 + place), Math.abs(x - 0.72)) < 0.16;
    truth[i] = isDisc ? 1 : isSquare ? 2 : 0;
    prediction[i] = random() < 0.35 * (1 - progress) ? Math.floor(random() * 3) : truth[i]!;
    const colour = isDisc ? [0.8, 0.3, 0.2] : isSquare ? [0.2, 0.35, 0.8] : [0.35, 0.5 + y / 4, 0.3];
    for (let c = 0; c < 3; c++) pixels[c * plane + i] = Math.min(1, colour[c]! * (0.8 + 0.3 * random()));
  }
  return { pixels, truth, prediction };
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
