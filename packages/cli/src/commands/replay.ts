import { replay, type ReplayResult } from "@mlog/file";
import { describe, type LoggerDestination, MlogError, type State } from "@mlog/core";
import type { Command } from "commander";
import { newRunCommand, type RunOptions, several } from "../command.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";
import { printable } from "../printable.ts";
import { findRun } from "../run-path.ts";
import { targetFromConfig } from "../targets/config.ts";
import { readTarget, type Target, TARGETS } from "../targets/target.ts";

interface ReplayOptions extends RunOptions {
  readonly to?: readonly string[];
  readonly config?: string;
  readonly runName?: string;
}

/** For closing the destinations: what is uploaded may take its time. In milliseconds. */
const TIMEOUT = 24 * 3600 * 1000;

/** Stands among the destinations, and not among the results. */
const COUNTER = "progress of mlog replay";

/** Makes destinations, one per rank, that count the calls of all ranks. */
function countCalls(onCall: (count: number) => void): () => LoggerDestination {
  let count = 0;
  const call = (): void => onCall(++count);
  return () => ({
    name: COUNTER,
    specVersion: 1,
    logMetrics: call,
    logTable: call,
    logImages: call,
    logHistogram: call,
    onEvent: call,
  });
}

/** `mlog replay`: logs a run again, to any destination. */
export function replayCommand(): Command {
  return newRunCommand("replay", "log a run again, to other destinations")
    .argument("<run>", "a run folder, a log, or the name of a run")
    .option("-t, --to <target>", "where to; may be repeated", several)
    .option("-c, --config <file>", "a module whose default export makes the destinations of a rank")
    .option("--run-name <name>", "log it under another name")
    .addHelpText("after", `\nTargets:\n${TARGETS}\n`)
    .action(async (named: string, options: ReplayOptions) => {
      const output = new Output(options.json === true);
      const path = await findRun(named, options.root);
      const targets: Target[] = [];
      for (const target of options.to ?? []) targets.push(await readTarget(target));
      if (options.config !== undefined) targets.push(await targetFromConfig(options.config));
      if (targets.length === 0) {
        throw new MlogError("INVALID_ARGUMENT", "say where to: --to <target> or --config <file>");
      }
      let failures = 0;
      const { runName } = options;
      const counter = countCalls((count) => output.status(() => `${count} calls replayed`));
      const make = (rank: number, state: State): LoggerDestination[] => [
        ...targets.flatMap((target) => target.make(rank, state)),
        counter(),
      ];
      const all = await replay(path, make, {
        timeout: TIMEOUT,
        ...(runName === undefined ? {} : { runName }),
        onError: (error, destination) => {
          failures++;
          output.note(`${destination}: ${error.message}`);
        },
      });
      const deliveries = all.deliveries.filter(({ destination }) => destination !== COUNTER);
      const result: ReplayResult = { ...all, deliveries };
      if (output.json) output.data({ ...result, failures });
      else print(output, result);
      const dropped = result.deliveries.some((delivery) => delivery.dropped > 0 || delivery.pending > 0);
      if (dropped || result.missing > 0 || result.damaged > 0) process.exitCode = EXIT.failed;
      if (!dropped) for (const target of targets) await target.cleanUp?.();
    });
}

function print(output: Output, { replayed, skipped, missing, damaged, deliveries }: ReplayResult): void {
  output.line(
    `${replayed} records replayed, ${skipped} skipped, ${missing} pictures missing, ${damaged} damaged`,
  );
  if (skipped > 0) output.note("skipped is what no call logged: what the process printed, and gaps");
  output.table(
    ["RANK", "DESTINATION", "DELIVERED", "PENDING", "DROPPED", "RESUME FROM"],
    deliveries.map(({ rank, destination, delivered, pending, dropped, resumeFrom }) => [
      `${rank}`,
      destination,
      `${delivered}`,
      `${pending}`,
      `${dropped}`,
      resumeFrom === undefined ? "" : printable(describe(resumeFrom)),
    ]),
  );
}
