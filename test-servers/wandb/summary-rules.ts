import { isDeepStrictEqual } from "node:util";
import { stringifyExtended } from "./extended-json.ts";
import { parseRow } from "./history-rules.ts";
import type { Run } from "./run.ts";
import type { Violations } from "./violations.ts";

/** The summary is written anew with each request that has one. */
export function setSummary(run: Run, offset: number, lines: readonly string[], violations: Violations): void {
  const text = lines.at(-1);
  if (lines.length !== 1 || text === undefined || parseRow(text) === undefined) {
    violations.add(
      "F5",
      "file_stream",
      `the summary must be one line with one object, not ${lines.join("|").slice(0, 200)}`,
    );
    return;
  }
  if (run.summaryOffset !== undefined && run.summaryOffset !== offset) {
    violations.add("F5", "file_stream", `the summary moves from offset ${run.summaryOffset} to ${offset}`);
  }
  run.summaryOffset = offset;
  run.summaryText = text;
}

/** When a run is complete, its summary has the last value of each name in the history. */
export function checkSummary(run: Run, violations: Violations): void {
  const last = new Map<string, unknown>();
  for (const [index, line] of run.history.entries()) {
    for (const [name, value] of Object.entries(parseRow(line) ?? {})) {
      // Python's client loses those of the sessions before, when it resumes a run.
      if (index < run.resumedAt && Number.isNaN(value)) last.delete(name);
      else if (value !== null) last.set(name, value);
    }
  }
  if (last.size === 0) return;
  const { summary } = run;
  for (const [name, value] of last) {
    // A dictionary keeps the values of its leaves from different rows.
    const isLeaf = typeof value !== "object" || value === null || "_type" in value;
    const agrees =
      isLeaf && !isAggregate(summary[name]) ? isDeepStrictEqual(summary[name], value) : name in summary;
    if (!agrees && !name.startsWith("_")) {
      violations.add(
        "F5",
        "file_stream",
        `the summary of ${name} is ${show(summary[name])}, the history ends with ${show(value)}`,
      );
    }
  }
  if (summary["_step"] !== last.get("_step")) {
    violations.add(
      "F5",
      "file_stream",
      `_step of the summary is ${show(summary["_step"])}, of the history ${show(last.get("_step"))}`,
    );
  }
}

/** What `define_metric` of Python's client asked for in the place of the last value. */
function isAggregate(value: unknown): boolean {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => /^(?:min|max|mean|best|first|last)$/.test(key));
}

function show(value: unknown): string {
  return value === undefined ? "missing" : stringifyExtended(value);
}
