import { MlogError, isMlogError } from "@mlog/core";
import type { StoreModule } from "../store-module.ts";
import type { DownloadOrder, LocatedObject, TransferProgress, UploadOrder } from "./engine.ts";
import { reasonOf } from "./reason.ts";
import type { EngineSettings } from "./upload-engine.ts";

/** What the thread is started with. */
export interface ThreadStart {
  readonly store: StoreModule;
  readonly settings: EngineSettings;
}

/** What the thread is asked for; each call but `upload` and `abort` is answered. */
export type Call =
  | { readonly kind: "upload"; readonly order: UploadOrder }
  /** The signal of another call has come. */
  | { readonly kind: "abort"; readonly call: number }
  | { readonly kind: "open" | "check" | "flush" | "drain" | "close"; readonly call: number }
  | { readonly kind: "download"; readonly call: number; readonly order: DownloadOrder }
  | {
      readonly kind: "list";
      readonly call: number;
      readonly prefix: string;
      readonly next: number | undefined;
    }
  | { readonly kind: "uri"; readonly call: number; readonly name: string }
  | { readonly kind: "endList"; readonly call: number; readonly next: number };

/** What the thread says. */
export type Message =
  | { readonly kind: "staged"; readonly key: number }
  | { readonly kind: "uploaded"; readonly key: number | undefined; readonly object: LocatedObject }
  | {
      readonly kind: "failed";
      readonly key: number | undefined;
      readonly error: SentError;
      readonly wasStaged: boolean;
    }
  | { readonly kind: "report"; readonly error: SentError }
  | { readonly kind: "progress"; readonly progress: TransferProgress }
  | { readonly kind: "downloaded"; readonly call: number; readonly bytes: number; readonly total: number }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly call: number; readonly error: SentError };

/** An error on its way between threads, which would lose its class and its mark. */
export interface SentError {
  readonly code: string;
  readonly message: string;
  readonly name: string;
}

/** Takes an error apart. */
export function toSent(thrown: unknown): SentError {
  const name = thrown instanceof Error ? thrown.name : "Error";
  return { code: isMlogError(thrown) ? thrown.code : "DESTINATION_FAILED", message: reasonOf(thrown), name };
}

/** Puts it together again. */
export function fromSent({ code, message, name }: SentError): MlogError {
  const error = new MlogError(code, message);
  Object.defineProperty(error, "name", { value: name, configurable: true });
  return error;
}
