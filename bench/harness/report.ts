import { availableParallelism, cpus, loadavg } from "node:os";
import { type Summary, summarize } from "./statistics.ts";

/** One line of a table: its name and, per column, the rounds' values or a text. */
export interface Row {
  readonly name: string;
  readonly cells: readonly (readonly number[] | string)[];
}

/** A promise about a figure, kept or not. */
export interface Target {
  readonly what: string;
  /** Round by round; the median counts. */
  readonly values: readonly number[];
  readonly atMost?: number;
  readonly atLeast?: number;
}

const missed: string[] = [];

export function printHeading(title: string, explanation: string): void {
  print(`\n## ${title}\n\n${explanation.trim()}\n`);
}

/** Medians over the rounds, with the smallest and the largest value behind each. */
export function printTable(columns: readonly string[], rows: readonly Row[]): void {
  const lines = rows.map((row) => [row.name, ...row.cells.map(formatCell)]);
  printColumns([["", ...columns], ...lines]);
}

export function printTargets(targets: readonly Target[]): void {
  const lines = targets.map((target) => {
    const met = isMet(target);
    if (!met) missed.push(target.what);
    const limit = target.atMost === undefined ? `>= ${target.atLeast}` : `<= ${target.atMost}`;
    return [target.what, limit, formatCell(target.values), met ? "met" : "NOT MET"];
  });
  printColumns([["target", "limit", "measured", ""], ...lines]);
}

/** Where it was measured, and how to repeat it. Exit code 1 with `--check` if a target is not met. */
export function printEnd(): void {
  const load = loadavg()[0]!.toFixed(1);
  print(
    `\nNode ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown"}, load ${load} at the end.`,
  );
  print("Values are medians over interleaved rounds (min..max). Compare within a table only.");
  const options = process.argv.slice(2).map((option) => ` ${option}`);
  print(`Repeat with: pnpm --filter @mlog/bench ${benchName()}${options.join("")}`);
  print(
    missed.length === 0
      ? "All targets are met."
      : `Targets not met: ${missed.length}\n- ${missed.join("\n- ")}`,
  );
  if (missed.length > 0 && process.argv.includes("--check")) process.exitCode = 1;
}

function benchName(): string {
  const parts = process.argv[1]!.split("/");
  return parts.at(-1) === "main.ts" ? parts.at(-2) : parts.at(-1).replace(/\.ts$/, "");
}

function isMet({ values, atMost = Infinity, atLeast = -Infinity }: Target): boolean {
  const { median } = summarize(values);
  return median <= atMost && median >= atLeast;
}

function formatCell(cell: readonly number[] | string): string {
  if (typeof cell === "string") return cell;
  const { median, min, max }: Summary = summarize(cell);
  if (Number.isNaN(median)) return "-";
  return cell.length === 1 ? format(median) : `${format(median)} (${format(min)}..${format(max)})`;
}

function format(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value === 0 ? "0" : value.toPrecision(3);
}

function printColumns(lines: readonly (readonly string[])[]): void {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const text = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  text.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  print(`${text.join("\n")}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
