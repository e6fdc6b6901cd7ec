import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { assertSafeName, describe, formatName, isMlogError, MlogError, type RunContext } from "@mlog/core";
import { openJournal, type RecordWriter } from "@mlog/journal";
import { METRICS_ROW } from "./json-lines.ts";
import { readTail, type Tail } from "./log-tail.ts";
import type { Settings } from "./options.ts";
import { assertTimeless } from "./segment-name.ts";

/** A log that is open for appending, and where it goes on. */
export interface OpenLog extends Tail {
  /** Absolute. */
  readonly path: string;
  readonly writer: RecordWriter;
}

/**
 * Opens the log of a run, with its folder.
 *
 * @throws MlogError `LOG_EXISTS`, `LOG_NOT_RECOGNIZED`, `RUN_MISMATCH`, `FORMAT_TOO_NEW`; `INVALID_NAME`; the
 * journal's `OPEN_FAILED`
 */
export function openLog(settings: Settings, run: Pick<RunContext, "state" | "report">): OpenLog {
  const { runName, ranks } = run.state;
  const name = formatName(settings.filename, { runName, ranks });
  assertSafeName(name, "filename");
  const path = resolve(settings.root, name);
  assertTimeless(path, run.state, "filename");
  const goesOn = settings.resume && settings.format === "jsonl" && existsSync(path);
  const tail = goesOn ? readTail(path, { runName, rank: ranks.rank }) : { session: 0, seq: 0 };
  try {
    const writer = openJournal(path, {
      rows: METRICS_ROW,
      mode: settings.overwrite ? "truncate" : settings.resume ? "append" : "create",
      durability: settings.durability === "default" ? "buffered" : settings.durability,
      onError: (error) => run.report(error),
    });
    return { path, writer, ...tail };
  } catch (cause) {
    if (!isMlogError(cause, "FILE_EXISTS")) throw cause;
    throw new MlogError(
      "LOG_EXISTS",
      `there is a log at ${describe(path)} already: choose another run name, set resume to go on with it, or overwrite to replace it`,
      { cause },
    );
  }
}
