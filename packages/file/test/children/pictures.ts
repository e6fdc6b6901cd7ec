/** Logs pictures between metrics, and ends in the given way without closing the logger. */
import { Logger, State } from "@mlog/core";
import { FileLogger } from "../../src/index.ts";

const [root, way, count] = process.argv.slice(2);
const logger = new Logger(new State({ runName: "pictures" }), new FileLogger({ root: root! }));
for (let i = 0; i < Number(count); i++) {
  const data = Float32Array.from({ length: 3 * 96 * 96 }, (_, at) => Math.sin(i + at * at) + 1);
  logger.logImages({ data, shape: [3, 96, 96] }, { name: `picture ${i}` });
  logger.logMetrics({ i });
}
process.send!("logged");
process.disconnect();
if (way === "process.exit") process.exit(3);
if (way === "uncaught error") throw new Error("out of luck");
