import { watch } from "node:fs";
import type { LoggedRecord } from "@mlog/file";
import { describe, MlogError } from "@mlog/core";
import type { Command } from "commander";
import { newRunCommand, type RunOptions, several, wholeNumber } from "../command.ts";
import { LogFollower } from "../follow-log.ts";
import { folderOf, logFilesOf } from "../log-files.ts";
import { Output } from "../output.ts";
import { recordLine } from "../record-line.ts";
import { findRun } from "../run-path.ts";

interface TailOptions extends RunOptions {
  readonly follow?: true;
  readonly lines: number;
  readonly type?: readonly string[];
  readonly metric?: readonly string[];
  readonly rank?: number;
}

/** Where the system does not tell of changes, as on network disks, they are looked for this often, in ms. */
const LOOK_EVERY = 1000;

/** `mlog tail`: the last records of a run, and those to come. */
export function tailCommand(): Command {
  return newRunCommand("tail", "show the last records of a run, and with -f those to come")
    .argument("<run>", "a run folder, a log, or the name of a run")
    .option("-f, --follow", "go on until the run ends")
    .option("-n, --lines <count>", "how many records of each rank", wholeNumber(0), 10)
    .option("-t, --type <type>", "only records of this type, such as metrics; may be repeated", several)
    .option("-m, --metric <name>", "only this metric; may be repeated", several)
    .option("--rank <rank>", "only of this rank", wholeNumber(0))
    .action(async (named: string, options: TailOptions) => {
      const output = new Output(options.json === true);
      const path = await findRun(named, options.root);
      const logs = (await logFilesOf(path)).filter(({ rank }) => rank === (options.rank ?? rank));
      if (logs.length === 0)
        throw new MlogError("LOG_NOT_FOUND", `there is no log to follow in ${describe(path)}`);
      const followers = logs.map(({ rank, parts }) => new LogFollower(parts.at(-1)!, rank));
      const print = (records: readonly LoggedRecord[]): void => {
        for (const record of records) {
          const chosen = choose(record, options);
          if (chosen === undefined) continue;
          if (output.json) output.row(chosen);
          else output.line(recordLine(chosen));
        }
      };
      for (const follower of followers) print(await follower.last(options.lines));
      if (options.follow) await follow(await folderOf(path), followers, print);
    });
}

/** The record with what was asked for, if there is anything of that. */
function choose(record: LoggedRecord, { type, metric }: TailOptions): LoggedRecord | undefined {
  if (type !== undefined && !type.includes(record.type)) return undefined;
  if (metric === undefined) return record;
  if (record.type !== "metrics") return undefined;
  const chosen = metric.filter((name) => Object.hasOwn(record.metrics, name));
  if (chosen.length === 0) return undefined;
  return { ...record, metrics: Object.fromEntries(chosen.map((name) => [name, record.metrics[name]!])) };
}

async function follow(
  folder: string,
  followers: readonly LogFollower[],
  print: (records: readonly LoggedRecord[]) => void,
): Promise<void> {
  let wake = (): void => undefined;
  let hasChanged = true;
  const changed = (): void => {
    hasChanged = true;
    wake();
  };
  const watcher = watch(folder, changed);
  watcher.on("error", () => undefined);
  const timer = setInterval(changed, LOOK_EVERY);
  try {
    while (hasChanged || !followers.every(({ hasEnded }) => hasEnded)) {
      if (!hasChanged) await new Promise<void>((resolve) => (wake = resolve));
      hasChanged = false;
      for (const follower of followers) for await (const records of follower.next()) print(records);
    }
  } finally {
    clearInterval(timer);
    watcher.close();
  }
}
