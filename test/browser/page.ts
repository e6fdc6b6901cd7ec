/** Logs what a page can log, reads it back, and prints what it read as JSON. */
import { Logger, State } from "@mlog/core";
import { InMemoryLogger } from "@mlog/memory";

const state = new State({ runName: "browser" });
const memory = new InMemoryLogger();
const logger = new Logger(state, memory);

logger.logHyperparameters({ learningRate: 0.01 });
for (let batch = 0; batch < 100; batch++) {
  logger.logMetrics({ "loss/train": batch / 100 });
  state.nextBatch();
}

const context = document.createElement("canvas").getContext("2d")!;
context.fillStyle = "red";
context.fillRect(0, 0, 4, 2);
logger.logImages(context.getImageData(0, 0, 4, 2), { name: "canvas" });
await logger.close();

const { width, height, channels, data } = memory.images.get("canvas")!.images[0]!.pixels;
console.log(
  JSON.stringify({
    mayGenerateCode: mayGenerateCode(),
    losses: [...memory.getTimeseries("loss/train").values],
    hyperparameters: memory.hyperparameters,
    image: { width, height, channels, firstPixel: Array.from(data.slice(0, 4), Number) },
  }),
);

function mayGenerateCode(): boolean {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- whether this throws is the question
    return new Function("return true")() as boolean;
  } catch {
    return false;
  }
}
