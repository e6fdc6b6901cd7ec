/** Logs, tells its parent that it has, and waits for a signal. */
import { Logger, State } from "@mlog/core";
import { closeOnSignals, FileLogger } from "../../src/index.ts";

const [root, mode] = process.argv.slice(2);
const logger = new Logger(
  new State({ runName: "signalled" }),
  mode === "slow"
    ? [new FileLogger({ root: root! }), { name: "slow", specVersion: 1, close: () => new Promise(() => {}) }]
    : new FileLogger({ root: root! }),
);
const undo = closeOnSignals(logger, mode === "only SIGTERM" ? ["SIGTERM"] : undefined);
if (mode === "listened to") process.on("SIGTERM", () => setTimeout(() => process.exit(7), 500));
for (let i = 0; i < 1000; i++) logger.logMetrics({ i });
if (mode === "undone") {
  undo();
  await logger.flush();
}
process.send!(`listeners: ${process.listenerCount("SIGTERM")}`);
setInterval(() => undefined, 1000);
