import type { Delivery, Metrics, PlainRecord, Stamp } from "@mlog/core";

/** The way on which the numbers of a run reach W&B. */
export interface RunTransport {
  logMetrics(metrics: Metrics, stamp: Stamp): void;
  logHyperparameters(values: PlainRecord, stamp: Stamp): void;
  /** Resolves when everything before is as safe as this transport can make it. */
  flush(): Promise<void>;
  /** Ends the run; rejects with the reason of the signal if that comes first. */
  finish(exitCode: number, signal: AbortSignal): Promise<void>;
  delivery(): Delivery;
}
