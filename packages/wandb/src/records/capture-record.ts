import type { RowLayout } from "@mlog/journal";
import type { ArtifactContent } from "../artifacts/artifact.ts";
import type { ExtendedJson } from "../extended-json.ts";

/*
 * The capture: every call as one line of extended JSON, in the order of the calls. A call of `logMetrics`
 * has no `type`, since it is a row of numbers that the journal writes by itself.
 */

/** One `logMetrics` call as a line: its step, its time in Unix ms, its metrics. */
export const METRICS_ROW: RowLayout = {
  fields: ['{"s":', ',"t":'],
  open: ',"m":{',
  close: "}}\n",
  nonFinite: "bare",
};

/** A `logMetrics` call as it is read back. */
export interface MetricsRecord {
  readonly type?: undefined;
  readonly s: number;
  readonly t: number;
  readonly m: Readonly<Record<string, number>>;
}

/** Values for the row of a step. */
export interface ValuesRecord {
  readonly type: "values";
  readonly step: number;
  readonly time: number;
  readonly values: Readonly<Record<string, ExtendedJson>>;
}

export interface ConfigRecord {
  readonly type: "config";
  readonly time: number;
  readonly values: Readonly<Record<string, ExtendedJson>>;
}

/** A table or pictures. Pixels go to the worker beside the capture, under the same id. */
export interface MediaRecord {
  readonly type: "media";
  readonly id: number;
  readonly step: number;
  readonly time: number;
  /** The table, if no picture is in it. */
  readonly table?: {
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly ExtendedJson[])[];
  };
}

/** A file that shall become an artifact; it is staged in the run's folder. */
export interface ArtifactCallRecord {
  readonly type: "artifact";
  readonly id: number;
  readonly step: number;
  readonly time: number;
  readonly content: ArtifactContent;
}

/** A line that the process printed. */
export interface OutputRecord {
  readonly type: "output";
  readonly time: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** The run was closed. */
export interface EndRecord {
  readonly type: "end";
  readonly time: number;
  readonly exitCode: number;
}

export type CaptureRecord =
  | MetricsRecord
  | ValuesRecord
  | ConfigRecord
  | MediaRecord
  | ArtifactCallRecord
  | OutputRecord
  | EndRecord;
