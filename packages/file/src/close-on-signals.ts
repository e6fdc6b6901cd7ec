import { describe, type Logger, MlogTypeError } from "@mlog/core";

/** The signals with which terminals, containers and schedulers end a process. */
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Closes the logger when the process is told to end, then lets the signal do what it does without
 * this: it is raised again, unless somebody else listens to it too and so decides about the end. A
 * second signal while the logger closes ends the waiting.
 *
 * @param signals default: SIGINT, SIGTERM and SIGHUP
 * @returns what undoes it; call it after closing the logger yourself
 * @throws MlogTypeError `INVALID_ARGUMENT`
 */
export function closeOnSignals(
  logger: Pick<Logger, "close">,
  signals: readonly NodeJS.Signals[] = ENDING,
): () => void {
  if (typeof logger?.close !== "function") {
    throw new MlogTypeError("INVALID_ARGUMENT", `logger must be a Logger, not ${describe(logger)}`);
  }
  let closing = false;
  const stop = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const raise = (signal: NodeJS.Signals): void => {
    stop();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (closing) return raise(signal);
    closing = true;
    // What could not be delivered has been reported; the signal counts all the same.
    void logger.close().then(
      () => raise(signal),
      () => raise(signal),
    );
  };
  try {
    for (const signal of signals) process.on(signal, onSignal);
  } catch (cause) {
    stop();
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `signals has one that cannot be listened to: ${String(cause)}`,
      { cause },
    );
  }
  return stop;
}
