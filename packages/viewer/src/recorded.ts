/** What a report holds: the answers that its page will ask for. */
import type { EntryPlaces, EntryType, LineRecord, LiveMessage, RunFile } from "./protocol.ts";

export interface Recorded {
  readonly message: LiveMessage;
  /** Every curve over steps, as `encodeCurves` makes them, in base64. */
  readonly curves: string;
  /** Where records stand, by {@link placesKey}; only those that are in the report. */
  readonly places: Readonly<Record<string, readonly EntryPlaces[]>>;
  /** By {@link recordKey}. */
  readonly records: Readonly<Record<string, LineRecord>>;
  /** By {@link mediaKey}, in base64. */
  readonly media: Readonly<Record<string, string>>;
  /** By run. */
  readonly files: Readonly<Record<string, readonly RunFile[]>>;
}

/** The id of the element that holds a report's data. */
export const RECORDED_ID = "mlog-report";

export function placesKey(run: string, type: EntryType, name: string): string {
  return `${run} ${type} ${name}`;
}

export function recordKey(run: string, rank: number, byte: number): string {
  return `${run} ${rank} ${byte}`;
}

export function mediaKey(run: string, rank: number, file: string): string {
  return `${run} ${rank} ${file}`;
}
