import { randomBytes } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { access, rename } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { describe, MlogError } from "@mlog/core";
import { type Command, Option } from "commander";
import { newRunCommand, type RunOptions, several, wholeNumber } from "../command.ts";
import { ParquetSheet } from "../export/parquet-sheet.ts";
import { matcher, type Selection } from "../export/points.ts";
import { LONG, metricNames, wideColumns, writeLong, writeWide } from "../export/shapes.ts";
import type { Column, Format, Sheet } from "../export/sheet.ts";
import { TextSheet } from "../export/text-sheet.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";
import { findRun } from "../run-path.ts";

interface ExportOptions extends RunOptions {
  readonly output?: string;
  readonly format?: Format;
  readonly shape: "long" | "wide";
  readonly metric?: readonly string[];
  readonly rank?: number;
  readonly force?: true;
}

/** The names of the metrics of a run are mostly in its beginning: only if not, it is read again for a wide table. */
const FIRST_RECORDS = 10_000;
const FORMATS: readonly Format[] = ["csv", "json", "parquet"];

/** `mlog export`: the metrics of runs as a file for other tools. */
export function exportCommand(): Command {
  return newRunCommand("export", "write the metrics of runs as CSV, JSON or Parquet")
    .argument("<runs...>", "run folders, logs, or names of runs")
    .option("-o, --output <file>", "- for stdout; default: the name of the run and the ending of the format")
    .addOption(new Option("-f, --format <format>", "default: by the ending of the output").choices(FORMATS))
    .addOption(
      new Option("-s, --shape <shape>", "long: a row per value; wide: a row per step, a column per metric")
        .choices(["long", "wide"])
        .default("long"),
    )
    .option("-m, --metric <pattern>", "only these metrics, * stands for anything; may be repeated", several)
    .option("--rank <rank>", "only of this rank", wholeNumber(0))
    .option("--force", "replace a file that is there")
    .action(async (named: readonly string[], options: ExportOptions) => {
      const output = new Output(options.json === true);
      const paths: string[] = [];
      for (const each of named) paths.push(await findRun(each, options.root));
      const format = formatOf(options);
      const target =
        options.output ?? `${paths.length === 1 ? basename(resolve(paths[0]!), ".jsonl") : "runs"}.${format}`;
      if (target === "-" && (format === "parquet" || output.json)) {
        throw new MlogError(
          "INVALID_ARGUMENT",
          "only CSV and JSON go to stdout, and without --json: name a file with -o",
        );
      }
      if (target !== "-" && options.force !== true && (await exists(target))) {
        throw new MlogError(
          "FILE_EXISTS",
          `${describe(target)} is there already: name another file, or add --force`,
        );
      }
      const rows = await write(paths, target, format, options, output);
      if (output.json) output.data({ path: target, format, shape: options.shape, rows });
      else output.note(`${rows} rows${target === "-" ? "" : ` in ${target}`}`);
    });
}

async function write(
  paths: readonly string[],
  target: string,
  format: Format,
  options: ExportOptions,
  output: Output,
): Promise<number> {
  const selection: Selection = { metrics: matcher(options.metric), rank: options.rank };
  const onRecord = (count: number): void => output.status(() => `${count} records`);
  // Under its name there is only ever a whole file.
  const partial = target === "-" ? target : `${target}.${randomBytes(4).toString("hex")}.part`;
  let sheet: Sheet | undefined;
  const discard = async (): Promise<void> => {
    await sheet?.discard();
    if (target !== "-") rmSync(partial, { force: true });
  };
  const interrupted = (): void => void discard().finally(() => process.exit(EXIT.interrupted));
  process.once("SIGINT", interrupted);
  const open = (columns: readonly Column[]): Sheet => (sheet = openSheet(partial, columns, format));
  const writeAllWide = async (): Promise<number> => {
    let names = await metricNames(paths, selection, target === "-" ? Infinity : FIRST_RECORDS, onRecord);
    for (;;) {
      const { rows, missed } = await writeWide(paths, names, selection, open(wideColumns(names)), onRecord);
      if (missed.length === 0) return rows;
      if (target === "-") {
        throw new MlogError(
          "LOG_CHANGED",
          `the metric ${describe(missed[0])} came while the run was read: export it again, or to a file`,
        );
      }
      await discard();
      names = [...names, ...missed];
    }
  };
  try {
    const rows = await (options.shape === "wide"
      ? writeAllWide()
      : writeLong(paths, selection, open(LONG), onRecord));
    await sheet!.finish();
    if (target !== "-") await rename(partial, target);
    return rows;
  } catch (error) {
    await discard();
    throw error;
  } finally {
    process.off("SIGINT", interrupted);
  }
}

function openSheet(path: string, columns: readonly Column[], format: Format): Sheet {
  if (format === "parquet") return new ParquetSheet(path, columns);
  return new TextSheet(
    path === "-" ? process.stdout : createWriteStream(path, { flags: "wx" }),
    columns,
    format,
  );
}

function formatOf({ format, output }: ExportOptions): Format {
  if (format !== undefined) return format;
  const ending = extname(output ?? "").slice(1);
  if (output === undefined || output === "-") return "csv";
  const found = FORMATS.find((each) => each === ending);
  if (found !== undefined) return found;
  throw new MlogError(
    "INVALID_ARGUMENT",
    `${describe(output)} has none of the endings ${FORMATS.join(", ")}: add --format`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
