import assert from "node:assert/strict";
import type { LoggedRecord, MetricsRecord } from "@mlog/file";

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
 * Throws unless the metrics among `records` are those of 1, 2, 3, ... without a gap.
 *
 * @returns the last number; 0 if there is none
 */
export function assertNumbered(records: readonly LoggedRecord[]): number {
  const metrics = records.filter((record): record is MetricsRecord => record.type === "metrics");
  for (const [index, record] of metrics.entries()) {
    assert.deepEqual(record.metrics, numberedMetrics(index + 1), `the metrics of seq ${record.seq}`);
    assert.equal(record.step, index, `the step of seq ${record.seq}`);
  }
  return metrics.length;
}
