import { writeFile } from "node:fs/promises";
import { Logger, type LoggerDestination, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";

const EPOCHS = 3;
const BATCHES = 50;

/** Trains, in the folder that the process is in, and keeps all that it logs in `store` too. */
export async function train(store: LoggerDestination): Promise<void> {
  const state = new State({ maxDuration: `${EPOCHS}ep` });
  const logger = new Logger(state, [new FileLogger(), store]);
  let pointer = Promise.resolve();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let batch = 0; batch < BATCHES; batch++) {
      logger.logMetrics({ "loss/train": 1 / (1 + state.timestamp.batch) });
      state.nextBatch({ samples: 32 });
    }
    const path = `checkpoint-${epoch}.bin`;
    await writeFile(path, new Float32Array(250_000).fill(1 / (1 + epoch)));
    const { staged, uploaded } = logger.uploadFile("{run_name}/checkpoints/ep{epoch}-ba{batch}.bin", path);
    // One after the other, so that an older checkpoint never has the last word.
    pointer = pointer.then(async () => {
      const [file] = await uploaded;
      await pointTo(logger, file!.name);
    });
    // From here on the file may be changed or deleted; the network has a thread of its own.
    await staged;
    state.nextEpoch();
  }

  await pointer;
  for await (const { size, uri } of logger.listFiles()) console.log(`${size} bytes ${uri}`);
  await logger.downloadFile(`${state.runName}/latest.json`, "latest.json", { overwrite: true });
  for (const { destination, delivered, pending } of await logger.close()) {
    console.log(`${destination}: ${delivered} delivered, ${pending} pending`);
  }
}

/** Uploads a pointer to a checkpoint that has arrived: whoever reads it finds the file. */
async function pointTo(logger: Logger, name: string): Promise<void> {
  await writeFile("pointer.json", JSON.stringify({ checkpoint: name }));
  await logger.uploadFile("{run_name}/latest.json", "pointer.json", { overwrite: true }).uploaded;
}
