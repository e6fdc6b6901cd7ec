import type { RowLayout } from "./record-writer.ts";
import type { Failure } from "./ring-consumer.ts";
import type { RingMemory } from "./ring.ts";

/** What the worker is started with. */
export interface WorkerStart {
  readonly memory: RingMemory;
  readonly fd: number;
  readonly bytes: number;
  readonly newIn: string | undefined;
  readonly rows: RowLayout;
  readonly filesModule: string | undefined;
  readonly syncAlways: boolean;
}

/** The one thing that the worker is told by message: a record that stands beside the ring. */
export interface HugeRecord {
  /** The position of its frame. A record that the calling thread wrote itself is never asked for. */
  readonly position: number;
  readonly record: SharedArrayBuffer;
}

/**
 * What the worker says. `flushed` answers all requests up to `request`, with why that failed;
 * `closed` is the last one.
 */
export type WorkerMessage =
  | { readonly kind: "failing"; readonly failure: Failure }
  | { readonly kind: "flushed"; readonly request: number; readonly failure: Failure | undefined }
  | { readonly kind: "closed"; readonly failure: Failure | undefined };
