import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, MlogError } from "@mlog/core";

/** One log: a file, or the segments that it was shipped in. */
export interface LogFiles {
  /** In order, and where each begins in the log. */
  readonly parts: readonly { readonly path: string; readonly start: number }[];
  /** As its name has it, else 0: for records before the first that says so. */
  readonly rank: number;
}

const SEGMENT = /^part-(\d+)\.jsonl$/;

/**
 * The logs at `path`: a log file; a run folder with one `.jsonl` per rank; or a downloaded one, with
 * segments in it or in its folders `rank=<n>`.
 *
 * @throws MlogError `LOG_NOT_FOUND`
 */
export async function findLogs(path: string): Promise<readonly LogFiles[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MlogError("LOG_NOT_FOUND", `there is nothing to read at ${describe(path)}: ${String(cause)}`, {
      cause,
    });
  });
  if (!found.isDirectory()) return [{ parts: [{ path, start: 0 }], rank: rankOf(basename(path)) }];
  const logs = await logsIn(path, 0);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory() && /^rank=\d+$/.test(entry.name)) {
      logs.push(...(await logsIn(join(path, entry.name), rankOf(entry.name))));
    }
  }
  if (logs.length === 0) {
    throw new MlogError(
      "LOG_NOT_FOUND",
      `the folder ${describe(path)} has no log: name the folder of one run, or a .jsonl file`,
    );
  }
  return logs.sort((a, b) => a.rank - b.rank);
}

async function logsIn(folder: string, rank: number): Promise<LogFiles[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".jsonl"))
    .map((entry) => entry.name);
  const segments = names
    .filter((name) => SEGMENT.test(name))
    .map((name) => ({ path: join(folder, name), start: Number(SEGMENT.exec(name)![1]) }))
    .sort((a, b) => a.start - b.start);
  const logs: LogFiles[] = names
    .filter((name) => !SEGMENT.test(name))
    .sort()
    .map((name) => ({ parts: [{ path: join(folder, name), start: 0 }], rank: rankOf(name) }));
  return segments.length === 0 ? logs : [...logs, { parts: segments, rank }];
}

function rankOf(name: string): number {
  return Number(/rank=?(\d+)/.exec(name)?.[1] ?? 0);
}
