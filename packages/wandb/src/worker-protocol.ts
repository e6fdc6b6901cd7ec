import type { Media } from "./records/media-maker.ts";
import type { RunSettings, RunStart } from "./run-settings.ts";

/** What the worker begins with. The key is nowhere else but in its connection. */
export interface WorkerStart {
  readonly folder: string;
  readonly settings: RunSettings;
  /** Undefined in offline mode. */
  readonly apiKey: string | undefined;
  readonly counters: SharedArrayBuffer;
}

/** Indices of the shared counters (Int32). The worker writes them; they are readable while no message can be. */
export const DELIVERED = 0; // calls that have arrived (offline: that are in the file)
export const DROPPED = 1; // calls that the worker could not keep
export const MEDIA_DONE = 2; // KiB of pixels that are made
export const COUNTERS = 3;

/** What the worker is told. */
export type ToWorker =
  | {
      readonly kind: "media";
      readonly id: number;
      readonly step: number;
      readonly media: Media;
      readonly kib: number;
    }
  /** The capture is complete and closed. */
  | { readonly kind: "close" };

/** An error in plain data: a class does not survive the way between threads. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

/** What the worker says. */
export type FromWorker =
  | { readonly kind: "started"; readonly start: RunStart }
  /** The server does not take the run, or not any more. */
  | { readonly kind: "refused"; readonly error: PlainError }
  | { readonly kind: "report"; readonly error: PlainError }
  /** The counter of pixels has risen. */
  | { readonly kind: "made" }
  | { readonly kind: "artifact"; readonly clientId: string; readonly error: PlainError | undefined }
  /** The last one. */
  | { readonly kind: "closed"; readonly complete: boolean };
