import { assertSafeName, describe, isMlogError } from "@mlog/core";
import { ObjectStoreError } from "./object-store-error.ts";

/**
 * Every store's own check of a name: no attribute of a file system or URL may carry it to another
 * place.
 *
 * @throws ObjectStoreError `INVALID_OBJECT_NAME`
 */
export function assertObjectName(name: string): void {
  try {
    assertSafeName(name, "the name of an object");
  } catch (cause) {
    if (!isMlogError(cause)) throw cause;
    throw new ObjectStoreError("INVALID_OBJECT_NAME", cause.message, { cause });
  }
}

/**
 * The names that a prefix stands for may be cut anywhere, so only what could lead out is refused.
 *
 * @throws ObjectStoreError `INVALID_OBJECT_NAME`
 */
export function assertPrefix(prefix: string): void {
  if (prefix === "") return;
  const isSafe = typeof prefix === "string" && !/^\/|[\p{Cc}\p{Cs}\\]|(^|\/)\.\.?(\/)|\/\//u.test(prefix);
  if (isSafe) return;
  throw new ObjectStoreError(
    "INVALID_OBJECT_NAME",
    `no object has a name that begins with ${describe(prefix)}`,
  );
}

/** Compares names by their UTF-8 bytes, as stores list them. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
