/** Logs, tells its parent that it has, and waits for a signal. */
import { Logger, State } from "@mlog/core";
import { closeOnSignals, FileLogger } from "../../src/index.ts";

function hang(): Promise<void> {
  process.send!("closing");
  return new Promise(() => undefined);
}

const [root, mode] = process.argv.slice(2);
const logger = new Logger(
  new State({ runName: "signalled" }),
  mode === "slow"
    ? [new FileLogger({ root: root! }), { name: "slow", specVersion: 1, close: hang }]
    : new FileLogger({ root: root! }),
);
const undo = closeOnSignals(logger, mode === "only SIGTERM" ? ["SIGTERM"] : undefined);
if (mode === "listened to") {
  let calls = 0;
  process.on("SIGTERM", () => {
    // Late enough for a signal that is raised again to be counted.
    if (++calls === 1) void logger.close().then(() => setTimeout(() => process.exit(6 + calls), 200));
  });
}
for (let i = 0; i < 1000; i++) logger.logMetrics({ i });
if (mode === "undone") {
  undo();
  await logger.flush();
}
process.send!(`listeners: ${process.listenerCount("SIGTERM")}`);
setInterval(() => undefined, 1000);
