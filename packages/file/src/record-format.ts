import type { Event, Histogram, ImageBatch, Metrics, PlainRecord, Stamp, State, Table } from "@mlog/core";
import type { References } from "./pictures.ts";

/** A stamp, and the place of the record among those of its file. */
export interface Head extends Stamp {
  readonly seq: number;
  /** What the next call will get, if this record comes after later ones. */
  readonly next?: number;
}

/** What the first record of a session says. */
export interface Session {
  readonly number: number;
  readonly state: Pick<State, "runName" | "ranks" | "maxDuration">;
  readonly versions: Readonly<Record<string, string>>;
}

/** A record that is not one call of `logMetrics`, as it came. */
export type Entry =
  | { readonly type: "start"; readonly session: Session }
  | { readonly type: "hyperparameters"; readonly values: PlainRecord }
  | { readonly type: "traces"; readonly values: PlainRecord }
  | { readonly type: "table"; readonly table: Table; readonly references: References }
  | { readonly type: "images"; readonly batch: ImageBatch; readonly references: References }
  | { readonly type: "histogram"; readonly histogram: Histogram }
  | { readonly type: "event"; readonly event: Event }
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly type: "dropped"; readonly from: number; readonly to: number }
  | { readonly type: "end"; readonly error: unknown };

/** How records become text that ends with a line break. */
export interface RecordFormat {
  /** Which entries this format has lines for; the others leave no trace and take no seq. */
  readonly types: ReadonlySet<Entry["type"]>;
  entry(head: Head, entry: Entry): string;
  /** Missing where the writer encodes numeric rows itself, off the training thread. */
  metrics?(head: Head, metrics: Metrics): string;
}
