import type { Event, Timestamp } from "@mlog/core";

/** Boundaries of the training that the log keeps; those of single batches would be most of it. */
const RECORDED: ReadonlySet<Event> = new Set<Event>([
  "beforeLoad",
  "afterLoad",
  "fitStart",
  "iterationStart",
  "epochStart",
  "evalBeforeAll",
  "evalStart",
  "evalEnd",
  "evalAfterAll",
  "epochEnd",
  "epochCheckpoint",
  "iterationEnd",
  "iterationCheckpoint",
  "fitEnd",
  "evalStandaloneStart",
  "evalStandaloneEnd",
  "predictStart",
  "predictEnd",
]);

/** Whether an event gets a record. */
export function isRecorded(event: Event): boolean {
  return RECORDED.has(event);
}

/** Whether Composer's file logger flushes at this event: every `interval`-th batch and epoch, epoch start, eval start and fit end. */
export function isFlushMoment(event: Event, timestamp: Timestamp, interval: number): boolean {
  switch (event) {
    case "batchEnd":
      return timestamp.batch % interval === 0;
    case "epochEnd":
      return timestamp.epoch % interval === 0;
    case "epochStart":
    case "evalStart":
    case "fitEnd":
      return true;
    default:
      return false;
  }
}
