/**
 * The program of a process of its own: `MODULE "closes" | "does not close"`. Logs, says `done`, and then does nothing
 * more: it ends by itself unless the destination keeps it alive.
 */
import { Logger, State } from "@mlog/core";
import type { SubjectFactory } from "./subject.ts";

const [module = "", closes] = process.argv.slice(2);
const { createSubject } = (await import(module)) as { createSubject: SubjectFactory };
const subject = await createSubject("works");
const state = new State({ runName: "conformance", ranks: { rank: 0, worldSize: 1 } });
const logger = new Logger(state, subject.destination);
await logger.ready;
for (let i = 0; i < 10; i++) {
  logger.logMetrics({ loss: i });
  logger.logTraces({ i });
  state.nextBatch();
}
await logger.flush();
if (closes === "closes") await logger.close();
await subject.dispose?.();
// The channel to the parent would keep this process alive.
process.send?.("done", () => process.disconnect?.());
