import type { LoggerDestination } from "./destination.ts";
import { MlogTypeError, describe, invalid } from "./errors.ts";
import { EVENTS } from "./event.ts";
import { type PlainRecord, toPlainRecord } from "./plain-value.ts";

/** In UTF-16 units; longer names are refused. */
const NAME_LIMIT = 1024;

/** @throws `INVALID_NAME` unless `name` is text of 1 to 1024 characters */
export function assertName(name: unknown, argument: string): asserts name is string {
  if (typeof name !== "string" || name.length === 0 || name.length > NAME_LIMIT) {
    throw invalid(
      "INVALID_NAME",
      `${argument}: a name must have 1 to ${NAME_LIMIT} characters`,
      name,
      "string",
    );
  }
}

/** @throws `INVALID_STEP` unless `step` is undefined or a step */
export function assertStep(step: unknown): void {
  if (step !== undefined && !(Number.isSafeInteger(step) && (step as number) >= 0)) {
    throw invalid("INVALID_STEP", "step must be a non-negative integer", step);
  }
}

/** @throws `INVALID_ARGUMENT` unless `event` is one that the loop may fire; the state fires the others */
export function assertEvent(event: unknown): void {
  if (!EVENTS.includes(event as never) || /^(batch|epoch|iteration)End$/.test(event as string)) {
    throw invalid(
      "INVALID_ARGUMENT",
      "event must be one of EVENTS that state.nextBatch(), nextEpoch() and nextIteration() do not fire themselves",
      event,
      "",
    );
  }
}

/**
 * A frozen copy of names and values of any kind.
 *
 * @throws `INVALID_ARGUMENT`, `INVALID_NAME`
 */
export function readRecord(values: unknown, argument: string): PlainRecord {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw invalid("INVALID_ARGUMENT", `${argument} must be an object of names and values`, values);
  }
  for (const name of Object.keys(values)) assertName(name, argument);
  return toPlainRecord(values);
}

/** @throws `INVALID_DESTINATION` for what is no destination, or one of a contract that is not known here */
export function assertDestination(destination: LoggerDestination): void {
  const { name, specVersion } = Object(destination) as LoggerDestination;
  if (typeof name === "string" && specVersion === 1) return;
  throw new MlogTypeError(
    "INVALID_DESTINATION",
    `a destination must have a name and specVersion 1, not ${describe(name)} and specVersion ${describe(specVersion)}: ` +
      "update @mlog/core, or install an older version of the destination",
  );
}
