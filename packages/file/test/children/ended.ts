/** Prints and logs, and ends in the given way without closing the logger. */
import { Logger, State } from "@mlog/core";
import { FileLogger } from "../../src/index.ts";

const [root, way] = process.argv.slice(2);
const logger = new Logger(new State({ runName: "ended" }), new FileLogger({ root: root! }));
console.log("a line");
console.error("an error");
for (let i = 0; i < 1000; i++) logger.logMetrics({ i });
process.stdout.write("no line break");
if (way === "process.exit") process.exit(3);
if (way === "uncaught error") throw new Error("out of luck");
