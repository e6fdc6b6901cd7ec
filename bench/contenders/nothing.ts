import type { OpenContender } from "./contender.ts";

/** Only what the loop itself does in every contender's measurement: builds the object, and keeps it. */
export const open: OpenContender = () => ({
  path: undefined,
  log: () => {},
  nextBatch: () => {},
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
});
