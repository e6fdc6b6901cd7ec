/**
 * Logs a run of every kind of record to Weights & Biases: to the account that WANDB_API_KEY or ~/.netrc is for, if
 * WANDB_API_KEY or WANDB_BASE_URL is set, else to a server that this program brings, so that no account is needed.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { startWandb } from "@mlog/test-servers/wandb";
import { WandBLogger } from "@mlog/wandb";
import { type Classifier, accuracyOf, trainStep } from "./classifier.ts";
import { CLASS_LABELS, drawDots } from "./dots.ts";

const isOwnAccount = ["WANDB_API_KEY", "WANDB_BASE_URL"].some((name) => process.env[name] !== undefined);
const server = isOwnAccount ? undefined : await startWandb();
const folder = await mkdtemp(join(tmpdir(), "mlog-wandb-example-"));

const state = new State();
const wandb = new WandBLogger({
  project: "mlog-example",
  tags: ["example"],
  logArtifacts: true,
  dir: folder,
  ...(server && { baseUrl: server.baseUrl, apiKey: server.apiKey }),
});
const logger = new Logger(state, wandb);

const epochs = 3;
const batches = 100;
const hyperparameters = { learningRate: 0.5, epochs, batches };
logger.logHyperparameters(hyperparameters);

const classifier: Classifier = { weights: new Float64Array(3) };
for (let epoch = 0; epoch < epochs; epoch++) {
  for (let batch = 0; batch < batches; batch++) {
    const loss = trainStep(classifier, hyperparameters.learningRate);
    logger.logMetrics({ "loss/train": loss, "accuracy/train": accuracyOf(classifier) });
    state.nextBatch({ samples: 32 });
  }
  const { pictures, truth, guess } = drawDots(classifier, 4);
  const masks = { truth, guess };
  logger.logImages(pictures, {
    name: "dots",
    channelsLast: true,
    masks,
    maskClassLabels: CLASS_LABELS,
    useTable: false,
  });
  logger.logHistogram("weights", classifier.weights);
  logger.logTable(
    ["epoch", "accuracy"],
    Array.from({ length: epoch + 1 }, (_, index) => [index, accuracyOf(classifier)]),
    { name: "accuracy" },
  );
  const checkpoint = join(folder, "checkpoint.json");
  await writeFile(checkpoint, JSON.stringify({ epoch, weights: [...classifier.weights] }));
  logger.uploadFile("checkpoint.json", checkpoint, { overwrite: true });
  state.nextEpoch();
}

const [delivery] = await logger.close();
console.log(
  `${delivery?.delivered} calls delivered, ${delivery?.pending} pending, ${delivery?.dropped} dropped`,
);
console.log(`The run: ${wandb.run?.url}`);
await rm(folder, { recursive: true });

if (server !== undefined) {
  server.assertNoViolations();
  console.log("It is on a server of this program. Look at it, then press Ctrl+C.");
  if (process.argv.includes("--once")) await server.close();
}
