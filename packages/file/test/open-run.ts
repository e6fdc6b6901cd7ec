import { readFileSync } from "node:fs";
import { Logger, type LoggerDestination, State, type StateOptions } from "@mlog/core";
import { FileLogger, type FileLoggerOptions, readRun, type RunRecord } from "../src/index.ts";

/** A logger that writes a log, everything that goes wrong with it, and what it has written. */
export interface OpenRun {
  readonly state: State;
  readonly logger: Logger;
  readonly file: FileLogger;
  readonly path: string;
  readonly errors: Error[];
  text(): string;
  /** The lines as JSON. */
  lines(): Record<string, unknown>[];
}

/** What a test may choose beside the options of the logger itself. */
export interface RunOptions extends FileLoggerOptions {
  readonly state?: State;
  readonly run?: StateOptions;
  readonly others?: readonly LoggerDestination[];
}

/** Logs to `root`, with a clock that stands still at 5000 and no capture, unless told otherwise. */
export function openRun(
  root: string,
  { state: given, run, others = [], ...options }: RunOptions = {},
): OpenRun {
  const state = given ?? new State({ runName: "run", now: () => 5000, ranks: { rank: 0 }, ...run });
  const file = new FileLogger({ root, captureStdout: false, captureStderr: false, ...options });
  const errors: Error[] = [];
  const logger = new Logger(state, [file, ...others], { onError: (error) => errors.push(error) });
  const path = file.path!;
  const text = (): string => readFileSync(path, "utf8");
  const lines = (): Record<string, unknown>[] =>
    text()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { state, logger, file, path, errors, text, lines };
}

/** All that {@link readRun} gives. */
export async function readAll(...given: Parameters<typeof readRun>): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for await (const record of readRun(...given)) records.push(record);
  return records;
}

/** The records of one type. */
export function ofType<Type extends RunRecord["type"]>(
  records: readonly RunRecord[],
  type: Type,
): Extract<RunRecord, { type: Type }>[] {
  return records.filter((record): record is Extract<RunRecord, { type: Type }> => record.type === type);
}
