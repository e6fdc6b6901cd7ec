import { stat } from "node:fs/promises";
import { describe, MlogError } from "@mlog/core";
import type { Command } from "commander";
import { type CommonOptions, newCommand, several } from "../command.ts";
import { findRunFolders } from "../log-files.ts";
import { Output } from "../output.ts";
import { DEFAULT_ROOT } from "../run-path.ts";
import { type RunSummary, summarize } from "../run-summary.ts";
import { bytesText, durationText, numberText, timeText } from "../value-text.ts";

interface LsOptions extends CommonOptions {
  readonly metric?: readonly string[];
  readonly sort: string;
}

const ORDERS: Readonly<Record<string, (a: RunSummary, b: RunSummary) => number>> = {
  started: (a, b) => (b.started ?? 0) - (a.started ?? 0),
  updated: (a, b) => b.updated - a.updated,
  name: (a, b) => (a.name < b.name ? -1 : 1),
  size: (a, b) => b.bytes - a.bytes,
};

/** `mlog ls`: the runs in a folder, by the first and last records of their logs. */
export function lsCommand(): Command {
  return newCommand("ls", "list the runs in a folder")
    .argument("[folder]", "where to look, also in its folders", DEFAULT_ROOT)
    .option("-m, --metric <name>", "show the latest value of this metric too; may be repeated", several)
    .option("-s, --sort <order>", `one of ${Object.keys(ORDERS).join(", ")}`, "started")
    .action(async (folder: string, options: LsOptions) => {
      const order = ORDERS[options.sort];
      if (order === undefined) {
        throw new MlogError(
          "INVALID_ARGUMENT",
          `--sort must be one of ${Object.keys(ORDERS).join(", ")}, not ${describe(options.sort)}`,
        );
      }
      if ((await stat(folder).catch(() => undefined)) === undefined) {
        throw new MlogError("FOLDER_NOT_FOUND", `there is no folder ${describe(folder)} to list`);
      }
      const output = new Output(options.json === true);
      const runs: RunSummary[] = [];
      for await (const path of findRunFolders(folder)) {
        const run = await summarize(path);
        // Other programs write .jsonl files too.
        if (run.started !== null || run.step !== null) runs.push(run);
        output.status(() => `${runs.length} runs`);
      }
      runs.sort(order);
      if (output.json) return output.data(runs);
      if (runs.length === 0) return output.note(`no runs in ${folder}`);
      const metrics = options.metric ?? [];
      output.table(
        ["RUN", "STATUS", "STARTED", "DURATION", "EPOCH", "STEP", "RANKS", "SIZE", ...metrics],
        runs.map((run) => [...cells(run), ...metrics.map((name) => numberOf(run.latest[name]))]),
      );
    });
}

function cells(run: RunSummary): string[] {
  const duration = run.started === null ? "" : durationText(run.updated - run.started);
  const epoch = run.maxDuration?.endsWith("ep")
    ? `${run.epoch}/${run.maxDuration.slice(0, -2)}`
    : `${run.epoch ?? ""}`;
  return [
    run.name,
    run.status,
    run.started === null ? "" : timeText(run.started),
    duration,
    epoch,
    `${run.step ?? ""}`,
    `${run.ranks}`,
    bytesText(run.bytes),
  ];
}

function numberOf(value: number | undefined): string {
  return value === undefined ? "" : numberText(value);
}
