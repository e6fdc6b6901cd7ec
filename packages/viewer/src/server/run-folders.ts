import { hash } from "node:crypto";
import type { SourceFile } from "./file-source.ts";

/** The log of one process: one file, or the segments that it was shipped in, one after the other. */
export interface FoundLog {
  /** What it is known by within its source. */
  readonly path: string;
  readonly rank: number;
  /** In order; `start` is where each begins in the log. */
  readonly parts: readonly (SourceFile & { readonly start: number })[];
  /** Where it ends, in bytes. */
  readonly size: number;
  /** Unix ms. */
  readonly modified: number;
}

/** A run: the logs of its ranks. */
export interface FoundRun {
  readonly id: string;
  /** What its logs are in, and what pictures are beside. */
  readonly path: string;
  /** For as long as no log has said how the run is called. */
  readonly name: string;
  readonly logs: readonly FoundLog[];
}

const SEGMENT = /^(.*?)(?:^|\/)part-(\d+)\.jsonl$/;
const RANK = /rank=?(\d+)/;

/** Which runs the files are: see the pages on the format of a run's files and of its segments. */
export function findRuns(files: readonly SourceFile[]): FoundRun[] {
  const runs = new Map<string, Map<string, SourceFile[]>>();
  for (const file of files) {
    const segment = SEGMENT.exec(file.path);
    const log = segment === null ? file.path : segment[1]!;
    const run = segment === null ? withoutRank(file.path) : log.replace(/(?:^|\/)rank=\d+$/, "");
    const logs = runs.get(run) ?? new Map<string, SourceFile[]>();
    runs.set(run, logs.set(log, [...(logs.get(log) ?? []), file]));
  }
  return [...runs].map(([key, logs]) => toRun(key, logs));
}

function toRun(key: string, logs: ReadonlyMap<string, readonly SourceFile[]>): FoundRun {
  const found = [...logs].map(([path, files]) => toLog(path, files)).sort((a, b) => a.rank - b.rank);
  const isFile = key.endsWith(".jsonl");
  const folder = isFile ? key.slice(0, Math.max(0, key.lastIndexOf("/"))) : key;
  const named = isFile && !key.includes("*") ? key.replace(/\.jsonl$/, "") : folder;
  const name = named.slice(named.lastIndexOf("/") + 1).replace(/^run=/, "");
  return { id: hash("sha256", key, "hex").slice(0, 12), path: folder, name: name || "run", logs: found };
}

function toLog(path: string, files: readonly SourceFile[]): FoundLog {
  const parts = files
    .map((file) => ({ ...file, start: Number(SEGMENT.exec(file.path)?.[2] ?? 0) }))
    .sort((a, b) => a.start - b.start);
  const last = parts.at(-1)!;
  const base = path.slice(path.lastIndexOf("/") + 1);
  return {
    path,
    rank: Number(RANK.exec(base)?.[1] ?? 0),
    parts,
    size: last.start + last.size,
    modified: Math.max(...parts.map((part) => part.modified)),
  };
}

/** Logs that differ only in the rank in their names are of one run. */
function withoutRank(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return path.slice(0, slash) + path.slice(slash).replace(RANK, "rank*");
}
