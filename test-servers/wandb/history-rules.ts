import { parseExtended } from "./extended-json.ts";
import type { Row, Run } from "./run.ts";
import type { Violations } from "./violations.ts";

/** Rules F3 and F4 for the lines of the history from index `from` on. */
export function checkHistory(run: Run, from: number, violations: Violations): void {
  let last = from === 0 ? undefined : parseRow(run.history[from - 1]!);
  for (const line of run.history.slice(from)) {
    const row = parseRow(line);
    if (row === undefined || /[\n\r]/.test(line)) {
      violations.add("F3", "file_stream", `a line of the history is no JSON object: ${line.slice(0, 200)}`);
      continue;
    }
    const problem = problemOf(row, last);
    if (problem !== undefined) violations.add("F4", "file_stream", `${problem}: ${line.slice(0, 200)}`);
    last = row;
  }
}

/** Undefined for what is no JSON object. */
export function parseRow(line: string): Row | undefined {
  try {
    const row = parseExtended(line);
    return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Row) : undefined;
  } catch {
    return undefined;
  }
}

function problemOf(row: Row, last: Row | undefined): string | undefined {
  const { _step: step, _timestamp: timestamp, _runtime: runtime } = row;
  if (!Number.isSafeInteger(step) || (step as number) < 0) return `_step is ${String(step)}`;
  if (typeof timestamp !== "number" || !Number.isFinite(timestamp))
    return `_timestamp is ${String(timestamp)}`;
  if (typeof runtime !== "number" || !(runtime >= 0)) return `_runtime is ${String(runtime)}`;
  if (last === undefined) return undefined;
  if ((step as number) <= (last["_step"] as number))
    return `_step does not rise from ${String(last["_step"])}`;
  if (timestamp < (last["_timestamp"] as number))
    return `_timestamp falls from ${String(last["_timestamp"])}`;
  return undefined;
}
