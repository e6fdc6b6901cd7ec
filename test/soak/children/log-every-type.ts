/** Writes one session with every type of record, and closes it. */
import { image, Logger, State } from "@mlog/core";
import { FileLogger, MAX_LINE_BYTES } from "@mlog/file";
import { childInput } from "../child.ts";
import { RUN } from "../log.ts";

export interface Input {
  readonly root: string;
}

const { root } = childInput<Input>();
const state = new State({ runName: RUN, maxDuration: "2ep" });
const errors: unknown[] = [];
const logger = new Logger(state, new FileLogger({ root, resume: true }), {
  onError: (error) => errors.push(error),
});
const picture = image({ data: new Uint8Array(4), shape: [1, 2, 2] });
logger.logHyperparameters({ optimizer: { name: "adam", betas: [0.9, 0.999] }, seed: 17n, note: "é ü 語 🙂" });
logger.runEvent("fitStart");
console.log("epoch 1 of 2");
logger.logMetrics({ "loss/train": 0.5, 'grad\n"norm"': Infinity, acc: NaN });
state.nextBatch({ samples: 32, tokens: 512 });
logger.logTraces({ shapes: [1, [2, { deep: null }]], 語: "\u2028 ends a line for some, not for this" });
logger.logTable(
  ["text", "picture"],
  [
    ["a\nb", picture],
    [1e-300, picture],
  ],
  { name: "samples" },
);
// Longer than what a resumed session writes, so that what is left of it shows unless it is cut off.
logger.logTable(["long"], [["语".repeat(700)]], { name: "long" });
logger.logImages({ data: new Uint8Array(12), shape: [3, 2, 2] }, { name: "pixels" });
logger.logHistogram("weights", Float32Array.of(-1, 0, 0.5, NaN, 1), { bins: 4 });
// A record that is too long for the format is dropped, and the next one names it.
logger.logTraces({ long: "x".repeat(MAX_LINE_BYTES) });
state.nextEpoch();
logger.logMetrics({ "loss/eval": 0.25 });
await logger.close().catch((error: unknown) => errors.push(error));
if (errors.length === 0) process.exitCode = 1;
