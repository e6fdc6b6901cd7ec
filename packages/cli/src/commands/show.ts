import type { Command } from "commander";
import { newRunCommand, type RunOptions } from "../command.ts";
import { Output } from "../output.ts";
import { readContents, type RunContents } from "../run-contents.ts";
import { findRun } from "../run-path.ts";
import { countText, durationText, numberText, timeText, valueText } from "../value-text.ts";

/** `mlog show`: what a run holds. */
export function showCommand(): Command {
  return newRunCommand("show", "say what a run holds: hyperparameters, metrics, tables, pictures")
    .argument("<run>", "a run folder, a log, or the name of a run")
    .action(async (named: string, options: RunOptions) => {
      const output = new Output(options.json === true);
      const path = await findRun(named, options.root);
      const contents = await readContents(path, output);
      if (output.json) output.data(asJson(path, contents));
      else print(output, path, contents);
    });
}

function print(output: Output, path: string, contents: RunContents): void {
  const { started = 0, ended = 0, end } = contents;
  output.line(`run        ${contents.run ?? "(no start record)"}`);
  output.line(`path       ${path}`);
  output.line(`started    ${timeText(started)}, took ${durationText(ended - started)}`);
  output.line(`ended      ${endText(end)}`);
  output.line(`at         epoch ${contents.lastEpoch}, step ${contents.lastStep}`);
  output.line(
    `written by ${countText(contents.ranks.size, "process", "processes")} in ${countText(contents.sessions.size, "session")}`,
  );
  const { stdout, stderr } = contents.outputLines;
  output.line(`records    ${contents.records}, ${stdout} lines of stdout, ${stderr} of stderr`);
  if (contents.damaged > 0) output.line(`damaged    ${contents.damaged} lines: see mlog verify`);
  if (contents.dropped > 0) output.line(`dropped    ${contents.dropped} calls could not be kept`);
  if (contents.hyperparameters.size > 0) {
    output.line();
    output.table(
      ["HYPERPARAMETER", "VALUE"],
      [...contents.hyperparameters].map(([name, value]) => [name, valueText(value)]),
    );
  }
  if (contents.metrics.size > 0) {
    output.line();
    output.table(
      ["METRIC", "POINTS", "FIRST", "LAST", "AT STEP", "MIN", "MAX", "MEAN", "NAN"],
      [...contents.metrics].map(([name, metric]) => {
        const { count, first, last, lastStep, min, max, mean, nan } = metric;
        return [name, ...[count, first, last, lastStep, min, max, mean, nan].map(numberText)];
      }),
    );
  }
  const others = [
    ["table", contents.tables],
    ["pictures", contents.images],
    ["histogram", contents.histograms],
  ] as const;
  const rows = others.flatMap(([kind, names]) =>
    [...names].map(([name, { count, lastStep, size }]) => [name, kind, `${count}`, `${lastStep}`, `${size}`]),
  );
  if (rows.length === 0) return;
  output.line();
  output.table(["NAME", "KIND", "TIMES", "AT STEP", "ROWS, PICTURES, BINS"], rows);
}

function endText(end: RunContents["end"]): string {
  if (end === undefined) return "not: it goes on, or was killed";
  return end.error === null ? "well" : `with ${end.error.name}: ${end.error.message}`;
}

function asJson(path: string, contents: RunContents): unknown {
  const { ranks, sessions, hyperparameters, metrics, tables, images, histograms, ...rest } = contents;
  return {
    path,
    ...rest,
    ranks: [...ranks],
    sessions: [...sessions],
    hyperparameters: entries(hyperparameters),
    metrics: entries(metrics),
    tables: entries(tables),
    images: entries(images),
    histograms: entries(histograms),
  };
}

/** `Object.fromEntries` takes any name, `__proto__` too. */
function entries(map: ReadonlyMap<string, unknown>): unknown {
  return Object.fromEntries(map);
}
