import { ProgressBarLogger } from "@mlog/console";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { InMemoryLogger } from "@mlog/memory";
import { WandBLogger } from "@mlog/wandb";
import * as tf from "@tensorflow/tfjs";
import { CLASSES, loadDigits } from "./data.ts";
import { createModel, evaluate, trainBatch } from "./model.ts";
import { logPictures } from "./pictures.ts";
import { printSummary } from "./summary.ts";
import { systemMetrics } from "./system-metrics.ts";

const hyperparameters = {
  epochs: 4,
  batchSize: 64,
  learningRate: 0.01,
  decay: 0.7,
  filters: 8,
  optimizer: "adam",
};

tf.env().set("PROD", true); // keeps the library's banner out of the output
await tf.setBackend("cpu");

const state = new State({ maxDuration: `${hyperparameters.epochs}ep` });
const file = new FileLogger();
const memory = new InMemoryLogger();
const progress = new ProgressBarLogger({ metrics: ["loss/train", "accuracy/train", "accuracy/eval"] });
// To an account, or to the server of `pnpm --filter @mlog-examples/wandb serve`.
const wandb = process.env["WANDB_BASE_URL"] === undefined ? [] : [new WandBLogger({ project: "mnist" })];
await using logger = new Logger(state, [file, memory, progress, ...wandb]);

console.log(`Training on handwritten digits, run ${state.runName}`);
const digits = loadDigits(3200, 500);
logger.logHyperparameters({ ...hyperparameters, training: digits.training.count, test: digits.test.count });

const model = createModel(hyperparameters.filters);
const optimizer = tf.train.adam(hyperparameters.learningRate);
logger.logTraces({ model: model.toJSON(null, false) });
logger.runEvent("fitStart");

for (let epoch = 0; epoch < hyperparameters.epochs; epoch++) {
  const learningRate = hyperparameters.learningRate * hyperparameters.decay ** epoch;
  (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
  let lossOfEpoch = 0;
  let batches = 0;
  for (
    let start = 0;
    start + hyperparameters.batchSize <= digits.training.count;
    start += hyperparameters.batchSize
  ) {
    const images = digits.training.images.slice([start], [hyperparameters.batchSize]);
    const labels = digits.training.labels.slice([start], [hyperparameters.batchSize]);
    const { loss, accuracy } = trainBatch(model, optimizer, images, labels);
    logger.logMetrics({ "loss/train": loss, "accuracy/train": accuracy, learning_rate: learningRate });
    state.nextBatch({ samples: hyperparameters.batchSize });
    lossOfEpoch += loss;
    batches++;
    tf.dispose([images, labels]);
    if (batches % 10 === 0) {
      logger.logMetrics(systemMetrics());
      await tf.nextFrame(); // lets timers and sockets of this thread have their turn
    }
  }

  logger.runEvent("evalStart");
  const result = evaluate(model, digits.test);
  logger.logMetrics({
    "loss/train_epoch": lossOfEpoch / batches,
    "loss/eval": result.loss,
    "accuracy/eval": result.accuracy,
  });
  logger.logTable(
    ["actual", ...Array.from({ length: CLASSES }, (_, digit) => `predicted ${digit}`)],
    result.confusion.map((row, actual) => [actual, ...row]),
    { name: "confusion" },
  );
  logPictures(logger, model, digits.test);
  logger.runEvent("evalEnd");
  state.nextEpoch();
  console.log(
    `epoch ${epoch + 1} of ${hyperparameters.epochs}: loss ${result.loss.toFixed(3)}, ` +
      `${(result.accuracy * 100).toFixed(1)} % of ${digits.test.count} unseen digits right`,
  );
}

logger.runEvent("fitEnd");
await logger.flush();
printSummary(memory, file);
for (const { run } of wandb) if (run !== undefined) console.log(`\nOn the W&B server: ${run.url}`);
