import { isMlogError } from "@mlog/core";
import type { ObjectStoreErrorCode } from "../object-store-error.ts";

/** What becomes of an upload after an attempt failed. */
export type Verdict = "fail" | "again" | "park";

const VERDICTS: Readonly<Record<ObjectStoreErrorCode, Verdict>> = {
  OBJECT_EXISTS: "fail",
  INVALID_OBJECT_NAME: "fail",
  OBJECT_TOO_LARGE: "fail",
  BODY_UNREADABLE: "fail",
  STORE_UNAVAILABLE: "again",
  STORE_THROTTLED: "again",
  CHECKSUM_MISMATCH: "again",
  UPLOAD_GONE: "again",
  OBJECT_NOT_FOUND: "again",
  OBJECT_CHANGED: "again",
  INVALID_RANGE: "again",
  ACCESS_DENIED: "park",
  BUCKET_NOT_FOUND: "park",
  CLOCK_SKEW: "park",
  NOT_AN_OBJECT_STORE: "park",
  REQUEST_REJECTED: "park",
  STORE_FULL: "park",
};

/** Errors of our own that no attempt can mend. */
const FINAL: ReadonlySet<string> = new Set(["SOURCE_CHANGED", "STAGED_COPY_DAMAGED", "UPLOAD_SUPERSEDED"]);

const ADVICE: Partial<Readonly<Record<string, string>>> = {
  ACCESS_DENIED: "check the credentials and what they are allowed to do",
  BUCKET_NOT_FOUND: "create it, or correct its name",
  CLOCK_SKEW: "set the clock of this machine",
  NOT_AN_OBJECT_STORE: "correct the endpoint",
  REQUEST_REJECTED: "correct the options of the store",
  STORE_FULL: "make room there",
};

/** What becomes of an upload after `error`; trouble that nobody knows may pass. */
export function verdictOn(error: unknown): Verdict {
  if (!isMlogError(error)) return "again";
  return FINAL.has(error.code) ? "fail" : (VERDICTS[error.code as ObjectStoreErrorCode] ?? "again");
}

/** What somebody must do before a parked upload can go on. */
export function adviceOn(error: unknown): string | undefined {
  return isMlogError(error) ? ADVICE[error.code] : undefined;
}

/** How long the store asks to wait, in ms. */
export function retryAfterOf(error: unknown): number | undefined {
  const asked = (error as { retryAfter?: unknown } | undefined)?.retryAfter;
  return typeof asked === "number" && asked > 0 ? asked : undefined;
}
