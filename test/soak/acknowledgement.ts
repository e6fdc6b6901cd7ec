import { writeSync } from "node:fs";
import { now } from "./clock.ts";

/**
 * What a child says over its fourth file descriptor. `"logged"`: the call of record `n` has returned.
 * `"flushed"`: a `flush()` called after record `n` has resolved. What the others mean is told by the child.
 */
export const KINDS = ["ready", "logged", "flushed", "failing", "dropping", "memory"] as const;

export interface Acknowledgement {
  readonly kind: (typeof KINDS)[number];
  readonly n: number;
  /** Of {@link now}: for a record, when its call began. */
  readonly time: number;
}

const FD = 3;
const SIZE = 24;
const message = Buffer.alloc(SIZE);

/** Called in the child. Written before it returns: what the parent reads after a kill did happen, in that order. */
export function acknowledge(kind: Acknowledgement["kind"], n = 0, time: number = now()): void {
  message.writeDoubleLE(KINDS.indexOf(kind), 0);
  message.writeDoubleLE(n, 8);
  message.writeDoubleLE(time, 16);
  writeSync(FD, message);
}

/** Called in the parent, with what has arrived; keeps a part of a message until the rest is there. */
export class AcknowledgementReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Acknowledgement[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % SIZE);
    this.#rest = bytes.subarray(whole);
    const acknowledgements: Acknowledgement[] = [];
    for (let at = 0; at < whole; at += SIZE) {
      const kind = KINDS[bytes.readDoubleLE(at)];
      if (kind === undefined) throw new Error("a child sent something that is no acknowledgement");
      acknowledgements.push({ kind, n: bytes.readDoubleLE(at + 8), time: bytes.readDoubleLE(at + 16) });
    }
    return acknowledgements;
  }
}
