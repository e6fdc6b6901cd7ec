import type { RowLayout } from "./record-writer.ts";
import type { Failure } from "./ring-consumer.ts";
import type { RingMemory } from "./ring.ts";

/** What the worker is started with. */
export interface WorkerStart {
  readonly memory: RingMemory;
  readonly fd: number;
  readonly newIn: string | undefined;
  readonly rows: RowLayout;
  readonly filesModule: string | undefined;
  readonly syncAlways: boolean;
}

/**
 * What the worker says. `flushed` answers all requests up to `request`, with why that failed;
 * `closed` is the last one. To the worker go only the records that stand beside the ring.
 */
export type WorkerMessage =
  | { readonly kind: "failing"; readonly failure: Failure }
  | { readonly kind: "flushed"; readonly request: number; readonly failure: Failure | undefined }
  | { readonly kind: "closed"; readonly failure: Failure | undefined };
