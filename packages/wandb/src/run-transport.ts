import type {
  Delivery,
  Histogram,
  ImageBatch,
  Metrics,
  PlainRecord,
  Stamp,
  Table,
  Upload,
  UploadRequest,
} from "@mlog/core";
import type { ExtendedJson } from "./extended-json.ts";
import type { RunStart } from "./run-settings.ts";

/** The way on which a run reaches W&B. What it cannot carry, it reports and counts. */
export interface RunTransport {
  /** The folder of the run, if it has one. */
  readonly path: string | undefined;
  /** What the server says of the run; rejects if it refuses. Never settles offline. */
  readonly started: Promise<RunStart>;
  logMetrics(metrics: Metrics, stamp: Stamp): void;
  logHyperparameters(values: PlainRecord, stamp: Stamp): void;
  /** Values of any kind in the row of a step. */
  logValues(values: Readonly<Record<string, ExtendedJson>>, stamp: Stamp): void;
  logHistogram(histogram: Histogram, stamp: Stamp): void;
  logTable(table: Table, stamp: Stamp): void;
  /** `captions` has one for each picture, if any has one. */
  logImages(batch: ImageBatch, stamp: Stamp, captions: readonly string[] | undefined): void;
  /** A line that the process printed, at `time` in Unix ms. */
  logOutput(stream: "stdout" | "stderr", text: string, time: number): void;
  uploadFile(request: UploadRequest, stamp: Stamp): Upload;
  /** Resolves when everything before is as safe as this transport can make it. */
  flush(): Promise<void>;
  /** Ends the run; by the signal at the latest, and then with what is pending still pending. */
  finish(exitCode: number, signal: AbortSignal): Promise<void>;
  delivery(): Delivery;
}
