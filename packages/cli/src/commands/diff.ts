import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import { newRunCommand, type RunOptions } from "../command.ts";
import { Output } from "../output.ts";
import { type MetricSummary, readContents } from "../run-contents.ts";
import { findRun } from "../run-path.ts";
import { numberText, valueText } from "../value-text.ts";

interface DiffOptions extends RunOptions {
  readonly all?: true;
}

interface Difference<Value> {
  readonly name: string;
  /** null where the run has none. */
  readonly a: Value | null;
  readonly b: Value | null;
}

/** `mlog diff`: how two runs differ. */
export function diffCommand(): Command {
  return newRunCommand("diff", "compare the hyperparameters and metrics of two runs")
    .argument("<a>", "a run")
    .argument("<b>", "another run")
    .option("-a, --all", "show hyperparameters that are the same too")
    .action(async (first: string, second: string, options: DiffOptions) => {
      const output = new Output(options.json === true);
      const paths = [await findRun(first, options.root), await findRun(second, options.root)] as const;
      const a = await readContents(paths[0], output);
      const b = await readContents(paths[1], output);
      const hyperparameters = differences(a.hyperparameters, b.hyperparameters).filter(
        (each) => options.all || !isDeepStrictEqual(each.a, each.b),
      );
      const metrics = differences(a.metrics, b.metrics);
      if (output.json) return output.data({ a: paths[0], b: paths[1], hyperparameters, metrics });
      output.line(`a  ${a.run ?? ""}  ${paths[0]}`);
      output.line(`b  ${b.run ?? ""}  ${paths[1]}`);
      output.line();
      if (hyperparameters.length === 0) output.line("the hyperparameters are the same");
      else output.table(["HYPERPARAMETER", "A", "B"], hyperparameters.map(hyperparameterCells));
      if (metrics.length === 0) return;
      output.line();
      output.table(
        ["METRIC", "LAST OF A", "LAST OF B", "B - A", "MIN OF A", "MIN OF B", "MAX OF A", "MAX OF B"],
        metrics.map(metricCells),
      );
    });
}

function differences<Value>(
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
): Difference<Value>[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].map((name) => ({ name, a: a.get(name) ?? null, b: b.get(name) ?? null }));
}

function hyperparameterCells({ name, a, b }: Difference<unknown>): string[] {
  return [name, a === null ? "-" : valueText(a), b === null ? "-" : valueText(b)];
}

function metricCells({ name, a, b }: Difference<MetricSummary>): string[] {
  const cell = (value: number | undefined): string => (value === undefined ? "" : numberText(value));
  const change = a === null || b === null ? undefined : b.last - a.last;
  return [name, ...[a?.last, b?.last, change, a?.min, b?.min, a?.max, b?.max].map(cell)];
}
