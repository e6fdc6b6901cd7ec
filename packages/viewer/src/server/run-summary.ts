import type { EntryName, LogSummary, MetricSummary, RunStatus, RunSummary } from "../protocol.ts";
import type { FoundRun } from "./run-folders.ts";

/** A log that nobody has written to for so long, in ms, is no longer taken for one that is being written. */
const QUIET = 120_000;

/** What is known of a run, from the logs of its ranks, lowest rank first. */
export function summarizeRun(run: FoundRun, logs: readonly LogSummary[], now: number): RunSummary {
  const first = logs[0];
  const starts = logs.map((log) => log.started).filter((time) => time !== null);
  const ends = logs.map((log) => log.updated).filter((time) => time !== null);
  const sum = (of: (log: LogSummary) => number): number => logs.reduce((total, log) => total + of(log), 0);
  return {
    id: run.id,
    path: run.path,
    name: first?.run ?? run.name,
    status: statusOf(run, logs, now),
    error: logs.find((log) => log.error !== null)?.error ?? null,
    ranks: logs.map((log) => log.rank),
    started: starts.length === 0 ? null : Math.min(...starts),
    updated: ends.length === 0 ? null : Math.max(...ends),
    sessions: Math.max(0, ...logs.map((log) => log.sessions)),
    step: Math.max(0, ...logs.map((log) => log.step)),
    epoch: Math.max(0, ...logs.map((log) => log.epoch)),
    maxDuration: first?.maxDuration ?? null,
    hyperparameters: Object.assign({}, ...logs.map((log) => log.hyperparameters).toReversed()) as Record<
      string,
      unknown
    >,
    versions: first?.versions ?? {},
    metrics: mergeMetrics(logs),
    entries: mergeEntries(logs),
    dropped: sum((log) => log.dropped),
    problems: logs.flatMap((log) => log.problems).slice(0, 20),
    problemCount: sum((log) => log.problemCount),
    bytes: sum((log) => log.bytes),
    size: run.logs.reduce((total, log) => total + log.size, 0),
  };
}

function statusOf(run: FoundRun, logs: readonly LogSummary[], now: number): RunStatus {
  if (logs.some((log) => log.status === "failed")) return "failed";
  if (logs.length > 0 && logs.every((log) => log.status === "ended")) return "ended";
  const written = Math.max(...run.logs.map((log) => log.modified), ...logs.map((log) => log.updated ?? 0));
  return now - written < QUIET ? "running" : "stopped";
}

function mergeMetrics(logs: readonly LogSummary[]): MetricSummary[] {
  const all = new Map<string, MetricSummary>();
  for (const metric of logs.flatMap((log) => log.metrics)) {
    const before = all.get(metric.name);
    if (before === undefined) all.set(metric.name, metric);
    else {
      all.set(metric.name, {
        ...before,
        count: before.count + metric.count,
        nonFinite: before.nonFinite + metric.nonFinite,
        min: extreme(Math.min, before.min, metric.min),
        max: extreme(Math.max, before.max, metric.max),
      });
    }
  }
  return [...all.values()];
}

function extreme(
  choose: (a: number, b: number) => number,
  a: number | null,
  b: number | null,
): number | null {
  return a === null ? b : b === null ? a : choose(a, b);
}

function mergeEntries(logs: readonly LogSummary[]): EntryName[] {
  const all = new Map<string, EntryName>();
  for (const entry of logs.flatMap((log) => log.entries)) {
    const key = `${entry.type} ${entry.name}`;
    all.set(key, { ...entry, count: entry.count + (all.get(key)?.count ?? 0) });
  }
  return [...all.values()];
}
