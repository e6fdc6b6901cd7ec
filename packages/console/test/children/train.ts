import { setImmediate } from "node:timers/promises";
import { Logger, State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { ConsoleLogger, ProgressBarLogger } from "@mlog/console";

const [target] = process.argv.slice(2);
const state = new State({ runName: "run", maxDuration: "2ep", ranks: { rank: 0 } });
const destinations =
  target === "--console"
    ? [new ConsoleLogger(), new ProgressBarLogger({ lineInterval: 1 })]
    : [new FileLogger({ root: target! }), new ProgressBarLogger()];
const logger = new Logger(state, destinations);

for (let epoch = 0; epoch < 2; epoch++) {
  for (let batch = 0; batch < 20; batch++) {
    const end = performance.now() + 20;
    while (performance.now() < end) await setImmediate();
    logger.logMetrics({ loss: 1 / (1.5 + state.timestamp.batch) });
    state.nextBatch();
    if (epoch === 0 && batch === 5) process.stdout.write("begins ");
    if (epoch === 0 && batch === 15) process.stdout.write("and ends\n");
    if (epoch === 1 && batch === 5) process.stderr.write("on stderr\n");
  }
  state.nextEpoch();
}
console.log("line of the end");
await logger.close();
console.log("closed");
