import type { TimestampMessage } from "./messages.ts";

export function timestampOf(time: number): TimestampMessage {
  const seconds = Math.floor(time / 1000);
  return { seconds, nanos: Math.floor((time - seconds * 1000) * 1e6) };
}

/** In Unix ms. */
export function timeOf({ seconds = 0, nanos = 0 }: TimestampMessage): number {
  return seconds * 1000 + nanos / 1e6;
}
