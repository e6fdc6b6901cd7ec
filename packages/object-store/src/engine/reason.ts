import { describe } from "@mlog/core";

/** Anything thrown, in words. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : describe(thrown);
}
