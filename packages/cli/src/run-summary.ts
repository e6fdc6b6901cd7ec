import { basename } from "node:path";
import type { LoggedRecord } from "@mlog/file";
import { type LogEnds, readEnds } from "./log-ends.ts";
import { logFilesOf } from "./log-files.ts";

/** A log that was written to this lately, in ms, and has no end, belongs to a run that goes on. */
const LATELY = 60_000;

/** What a look at the ends of the logs of a run tells. */
export interface RunSummary {
  readonly name: string;
  readonly path: string;
  /** `stopped`: it did not end, and nothing was written for a minute. */
  readonly status: "running" | "finished" | "failed" | "stopped";
  readonly ranks: number;
  readonly bytes: number;
  /** Unix milliseconds; null where no start was found. */
  readonly started: number | null;
  /** The time of the last record, else of the last write. */
  readonly updated: number;
  readonly step: number | null;
  readonly epoch: number | null;
  readonly maxDuration: string | null;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** The latest value of the metrics in the last records. */
  readonly latest: Readonly<Record<string, number>>;
}

/** Reads the ends of the logs of a run, and no more. */
export async function summarize(path: string): Promise<RunSummary> {
  const logs = await logFilesOf(path);
  const ends = await Promise.all(logs.map(readEnds));
  const [first] = ends;
  const start = first?.head.find((record) => record.type === "start");
  const last = first?.tail.at(-1) ?? first?.head.at(-1);
  const changed = Math.max(0, ...ends.map((end) => end.changed));
  const times = ends.flatMap(({ tail }) => tail.at(-1)?.time ?? []);
  // Without a prototype, since a name may be `__proto__`.
  const latest = Object.create(null) as Record<string, number>;
  const hyperparameters = Object.create(null) as Record<string, unknown>;
  for (const record of first?.tail ?? [])
    if (record.type === "metrics") Object.assign(latest, record.metrics);
  for (const record of first?.head ?? []) {
    if (record.type === "hyperparameters") Object.assign(hyperparameters, record.hyperparameters);
  }
  return {
    name: start?.run ?? basename(path),
    path,
    status: statusOf(ends, changed),
    ranks: logs.length,
    bytes: ends.reduce((sum, end) => sum + end.bytes, 0),
    started: start?.time ?? null,
    updated: times.length > 0 ? Math.max(...times) : changed,
    step: last?.step ?? null,
    epoch: last?.epoch ?? null,
    maxDuration: start?.maxDuration ?? null,
    hyperparameters,
    latest,
  };
}

function statusOf(ends: readonly LogEnds[], changed: number): RunSummary["status"] {
  const last = ends.map(({ tail }) => tail.at(-1));
  if (last.some((record) => isEnd(record) && record.error !== null)) return "failed";
  if (last.length > 0 && last.every(isEnd)) return "finished";
  return Date.now() - changed < LATELY ? "running" : "stopped";
}

function isEnd(record: LoggedRecord | undefined): record is Extract<LoggedRecord, { type: "end" }> {
  return record?.type === "end";
}
