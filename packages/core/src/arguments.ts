import type { LoggerDestination } from "./destination.ts";
import { check, checkObject } from "./errors.ts";
import { EVENTS } from "./event.ts";
import { type PlainRecord, toPlainRecord } from "./plain-value.ts";

/** @throws `INVALID_NAME` unless `name` is text of 1 to 1024 UTF-16 units */
export function assertName(name: unknown, argument: string): asserts name is string {
  const length = typeof name === "string" ? name.length : 0;
  check(length > 0 && length <= 1024, "INVALID_NAME", argument, "have 1 to 1024 characters", name, "string");
}

/** @throws `INVALID_STEP` unless `step` is undefined or a step */
export function assertStep(step: unknown): void {
  const isStep = step === undefined || (Number.isSafeInteger(step) && (step as number) >= 0);
  check(isStep, "INVALID_STEP", "step", "be a non-negative integer", step);
}

/** @throws `INVALID_ARGUMENT` unless `event` is one that the loop may fire; the state fires the others */
export function assertEvent(event: unknown): void {
  check(
    EVENTS.includes(event as never) && !/^(batch|epoch|iteration)End$/.test(event as string),
    "INVALID_ARGUMENT",
    "event",
    "be one of EVENTS that state.nextBatch() and its like do not fire",
    event,
    "",
  );
}

/**
 * A frozen copy of names and values of any kind.
 *
 * @throws `INVALID_ARGUMENT`, `INVALID_NAME`
 */
export function readRecord(values: unknown, argument: string): PlainRecord {
  checkObject(values, argument);
  for (const name of Object.keys(values as object)) assertName(name, argument);
  return toPlainRecord(values as object);
}

/** @throws `INVALID_DESTINATION` for what is no destination, or one of a contract that is not known here */
export function assertDestination(destination: LoggerDestination): void {
  const { name, specVersion } = Object(destination) as LoggerDestination;
  check(typeof name === "string", "INVALID_DESTINATION", "a destination", "have a name", name);
  check(
    specVersion === 1,
    "INVALID_DESTINATION",
    name,
    "have specVersion 1 (or @mlog/core be updated)",
    specVersion,
    "",
  );
}
