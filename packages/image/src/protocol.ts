import type { Mask, Pixels } from "@mlog/core";
import type { EncodedImage } from "./encoded-image.ts";
import type { Settings } from "./settings.ts";

/** One file to be made. */
export type Job =
  | { readonly kind: "image"; readonly pixels: Pixels; readonly settings: Settings }
  | { readonly kind: "mask"; readonly mask: Mask }
  | {
      readonly kind: "overlay";
      readonly pixels: Pixels;
      readonly mask: Mask;
      readonly opacity: number;
      readonly settings: Settings;
    }
  | {
      readonly kind: "contact sheet";
      readonly pictures: readonly Pixels[];
      readonly columns: number;
      readonly settings: Settings;
    };

/** What the worker is started with. */
export interface WorkerStart {
  /** How many files are made at a time. */
  readonly concurrency: number;
  /** One number: the bytes of all requests, and of the answers that were not read yet. */
  readonly ledger: BigInt64Array<SharedArrayBuffer>;
  /** Of {@link FinishedIds}: the requests whose pixels the worker reads no more. */
  readonly finished: Int32Array<SharedArrayBuffer>;
}

/** What the worker is asked for. */
export interface Request {
  readonly id: number;
  /** What it counts in the ledger until it is answered. */
  readonly bytes: number;
  readonly job: Job;
}

/** The last message to the worker: nothing is asked any more, and it ends. */
export const END = "end";

/** What the worker answers. */
export type Answer =
  | { readonly id: number; readonly image: EncodedImage }
  | {
      readonly id: number;
      readonly code: "INVALID_MASK" | "IMAGE_ENCODING_FAILED";
      readonly message: string;
    };
