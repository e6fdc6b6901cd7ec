/** Where the shared counters are: calls that arrived, and calls that did not. */
export const ARRIVED = 0;
export const LOST = 1;
export const COUNTERS = 2;

/** One row of the history: numbers that JSON can hold, by name. */
export interface SdkRow {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  /** How many calls it was made of. */
  readonly calls: number;
}

/** What the worker is started with. */
export interface SdkStart {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly entity: string | undefined;
  readonly project: string;
  readonly id: string;
  readonly name: string;
  readonly counters: SharedArrayBuffer;
}

/** What the worker is told. */
export type ToSdkWorker =
  | { readonly kind: "config"; readonly config: string }
  | { readonly kind: "row"; readonly row: SdkRow }
  | { readonly kind: "finish"; readonly exitCode: number };

/** What the worker says. */
export type FromSdkWorker =
  | {
      readonly kind: "started";
      readonly entity: string;
      readonly project: string;
      readonly displayName: string;
    }
  /** Calls were sent, and the server did not take them. */
  | { readonly kind: "lost"; readonly calls: number; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "finished" };
