/**
 * The training events, in the order in which a loop fires them, under the names of Composer's
 * events in camel case. `batchEnd`, `epochEnd` and `iterationEnd` are fired by
 * {@link State.nextBatch} and its siblings; all others by {@link Logger.runEvent}.
 */
export const EVENTS = [
  "init",
  "beforeLoad",
  "afterLoad",
  "fitStart",
  "iterationStart",
  "epochStart",
  "beforeDataloader",
  "afterDataloader",
  "batchStart",
  "beforeTrainBatch",
  "beforeForward",
  "afterForward",
  "beforeLoss",
  "afterLoss",
  "beforeBackward",
  "afterBackward",
  "afterTrainBatch",
  "batchEnd",
  "batchCheckpoint",
  "evalBeforeAll",
  "evalStart",
  "evalBatchStart",
  "evalBeforeForward",
  "evalAfterForward",
  "evalBatchEnd",
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
  "predictBatchStart",
  "predictBatchEnd",
  "predictEnd",
] as const;

/** A moment of a training run; see {@link EVENTS} for their order. */
export type Event = (typeof EVENTS)[number];
