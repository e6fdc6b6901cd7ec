import assert from "node:assert/strict";
import type { LoggedRecord } from "@mlog/file";

/** Four metrics that follow from a number, so that a reader of the log knows what must stand there. */
export function numberedMetrics(n: number): {
  n: number;
  "loss/train": number;
  "accuracy/train": number;
  lr: number;
} {
  return { n, "loss/train": 1 / n, "accuracy/train": Math.sin(n), lr: n * 1e-7 };
}

/**
 * Throws unless the metrics among the records are those of 1, 2, 3, ... at the steps 0, 1, 2, ..., but
 * for those that `dropped` records name. In such a log nothing but metrics may have been dropped.
 */
export class NumberedOrder {
  #last = 0;
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  add(record: LoggedRecord): void {
    if (record.type === "dropped") this.#last += record.to - record.from + 1;
    if (record.type !== "metrics") return;
    const expected = numberedMetrics(++this.#last);
    if (!isSame(record.metrics, expected))
      assert.deepEqual(record.metrics, expected, `the metrics of seq ${record.seq}`);
    assert.equal(record.step, this.#last - 1, `the step of seq ${record.seq}`);
    this.#count++;
  }
}

/** {@link NumberedOrder} for all records of a session. @returns how many metrics there are */
export function assertNumbered(records: Iterable<LoggedRecord>): number {
  const order = new NumberedOrder();
  for (const record of records) order.add(record);
  return order.count;
}

/** Whether both have the same numbers under the same names in the same order, NaN being NaN. */
export function isSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return (
    names.length === others.length &&
    names.every(
      (name, i) =>
        name === others[i] && (a[name] === b[name] || (Number.isNaN(a[name]) && Number.isNaN(b[name]))),
    )
  );
}
