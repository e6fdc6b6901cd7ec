import { isDeepStrictEqual } from "node:util";
import { MlogError } from "@mlog/core";
import { type ExtendedJson, numberText, parseExtended, stringifyExtended } from "../extended-json.ts";
import type { RunFolder } from "../run-folder.ts";
import type { RunSettings, RunStart } from "../run-settings.ts";
import type { ArtifactRecord, Item, RunRecord, WandbRecord } from "../wandb-file/messages.ts";
import { timestampOf } from "../wandb-file/timestamp.ts";
import { WandbFile } from "../wandb-file/wandb-file.ts";
import type {
  ArtifactCallRecord,
  CaptureRecord,
  ConfigRecord,
  MediaRecord,
  OutputRecord,
} from "./capture-record.ts";
import { FINAL_FILES, writeFinalFiles } from "./final-files.ts";
import { item, itemsOf } from "./items.ts";
import { METADATA_FILE } from "./metadata.ts";
import type { Made } from "./made-log.ts";
import { type Row, RowBuilder } from "./row-builder.ts";
import { CLIENT_VERSION, RunState } from "./run-state.ts";

/** What a {@link RecordMaker} asks for and tells. */
export interface RecordMakerOptions {
  readonly folder: RunFolder;
  readonly settings: RunSettings;
  readonly start: RunStart;
  /** What became of a call of `media` or `artifact`; undefined if it is lost. */
  made(record: MediaRecord | ArtifactCallRecord): Promise<Made | undefined>;
  /** A row is made, and up to it so many calls were kept. */
  onRow(calls: number): void;
  /** A call is lost, since it comes for an earlier step. */
  onPastStep(step: number, current: number): void;
  report(error: Error): void;
}

/**
 * Makes the records of a `.wandb` file of the calls in a capture. The same capture gives the same records,
 * so that what a killed process left can be made anew.
 */
export class RecordMaker {
  readonly #options: RecordMakerOptions;
  readonly #file: WandbFile;
  readonly #row: RowBuilder;
  readonly #state: RunState;
  /** What this session said of the config. */
  readonly #config = new Map<string, string>();
  #lastTime: number;
  #calls = 0;
  #ended = false;

  /** Begins the file. */
  constructor(options: RecordMakerOptions) {
    const { folder, settings, start } = options;
    this.#options = options;
    this.#row = new RowBuilder(start.firstStep);
    this.#state = new RunState(start);
    this.#lastTime = settings.startTime;
    this.#file = new WandbFile(folder.wandbFile);
    this.#file.append({ header: { version_info: { producer: CLIENT_VERSION, min_consumer: "0.40.0" } } });
    this.#file.append({ run: runRecord(settings, start) });
    this.#file.append({ files: { files: [{ path: METADATA_FILE, policy: 0 }] } });
  }

  /** The calls that are kept so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether the end of the run is written. */
  get ended(): boolean {
    return this.#ended;
  }

  async add(record: CaptureRecord): Promise<void> {
    switch (record.type) {
      case undefined:
        return this.#addValues(record.s, record.t, numbers(record.m));
      case "values":
        return this.#addValues(record.step, record.time, itemsOf(record.values));
      case "config":
        return this.#addConfig(record);
      case "media":
      case "artifact":
        return this.#addMade(record);
      case "output":
        return this.#append({ output_raw: outputRaw(record) });
      case "end":
        return this.end(record.exitCode, record.time);
    }
  }

  /** Writes what waits. If that throws, it waits on. */
  write(): void {
    if (this.#ended) this.#file.sync();
    else this.#file.write();
  }

  /** Closes the open row and the run. A run that was never closed has ended with its last call, in failure. */
  end(exitCode = 1, time: number = this.#lastTime): void {
    this.#addRow(this.#row.close());
    this.#ended = true;
    this.#writeFinalFiles();
    this.#append({ files: { files: FINAL_FILES.map((path) => ({ path, policy: 1 })) } });
    this.#append({ exit: { exit_code: exitCode, runtime: Math.floor(this.#runtime(time)) } });
    this.#append({ final: {} });
    this.#append({ footer: {} });
  }

  close(): void {
    this.#file.close();
  }

  #writeFinalFiles(): void {
    try {
      writeFinalFiles(this.#options.folder.files, this.#state);
    } catch (error) {
      this.#options.report(error as Error);
    }
  }

  #addValues(step: number, time: number, values: Iterable<Item>): void {
    if (this.#row.isPast(step)) return this.#options.onPastStep(step, this.#row.step);
    this.#lastTime = Math.max(this.#lastTime, time);
    this.#addRow(this.#row.add(step, this.#lastTime, values));
    this.#calls++;
  }

  async #addMade(record: MediaRecord | ArtifactCallRecord): Promise<void> {
    const made = await this.#options.made(record);
    if (made === undefined) return;
    if (made.key !== undefined && this.#row.isPast(record.step)) {
      return this.#options.onPastStep(record.step, this.#row.step);
    }
    if (made.files.length > 0) {
      this.#append({ files: { files: made.files.map((path) => ({ path, policy: 0 })) } });
    }
    if (made.artifact !== undefined) this.#append({ artifact: this.#ofThisRun(made.artifact) });
    if (made.config.length > 0) {
      const update = made.config.map(({ path, value }) =>
        item(["_wandb", ...path], stringifyExtended(value)),
      );
      this.#append({ config: { update, remove: [] } });
    }
    if (made.key === undefined) this.#calls++;
    else {
      const value = item([made.key], stringifyExtended(made.value ?? null));
      this.#addValues(record.step, record.time, [value]);
    }
  }

  /** `wandb sync` asks the record, and not the run, whose artifact it is. */
  #ofThisRun(artifact: ArtifactRecord): ArtifactRecord {
    const { settings, start } = this.#options;
    const run = { run_id: settings.runId, project: start.project, entity: start.entity };
    return { ...artifact, ...run, history_step: this.#row.step };
  }

  #addConfig({ values }: ConfigRecord): void {
    this.#calls++;
    const update: Item[] = [];
    const changed: string[] = [];
    for (const [name, value] of Object.entries(values)) {
      const key = name.replaceAll(/^-+|-+$/g, "");
      const text = stringifyExtended(withoutNaN(value));
      const known = this.#config.get(key);
      if (known === undefined) {
        this.#config.set(key, text);
        update.push(item([key], text));
      } else if (!isSame(known, text)) changed.push(key);
    }
    if (update.length > 0) this.#append({ config: { update, remove: [] } });
    if (changed.length === 0) return;
    this.#options.report(
      new MlogError(
        "CONFIG_CHANGED",
        `the hyperparameters ${changed.map((key) => JSON.stringify(key)).join(", ")} have other values already; W&B's ` +
          "config keeps the first ones: log values that change as metrics",
      ),
    );
  }

  #addRow(row: Row | undefined): void {
    if (row === undefined) return;
    const { step, time, items } = row;
    const runtime = this.#runtime(time);
    const own = [
      item(["_step"], String(step)),
      item(["_runtime"], numberText(runtime)),
      item(["_timestamp"], numberText(time / 1000)),
    ];
    this.#append({ history: { item: [...items, ...own], step: { num: step } } });
    // Readers of the file do not work it out themselves.
    const update = items.filter(({ value_json: text }) => text !== "null");
    update.push(...own, item(["_wandb", "runtime"], String(Math.floor(runtime))));
    this.#append({ summary: { update, remove: [] } });
    this.#options.onRow(this.#calls);
  }

  #append(record: WandbRecord): void {
    this.#state.apply(record);
    this.#file.append(record);
  }

  /** Seconds since the run began, with those of its earlier sessions. */
  #runtime(time: number): number {
    const { settings, start } = this.#options;
    return Math.max(0, time - settings.startTime) / 1000 + start.runtimeOffset;
  }
}

function* numbers(values: Readonly<Record<string, number>>): Iterable<Item> {
  for (const name in values) yield { key: name, value_json: stringifyExtended(values[name]!) };
}

/** As Python's client has it in a config. */
function withoutNaN(value: ExtendedJson): ExtendedJson {
  if (Number.isNaN(value)) return null;
  if (Array.isArray(value)) return (value as readonly ExtendedJson[]).map(withoutNaN);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, withoutNaN(element)]));
}

/** The order of keys makes no difference. */
function isSame(first: string, second: string): boolean {
  return first === second || isDeepStrictEqual(parseExtended(first), parseExtended(second));
}

function outputRaw({ time, stream, text }: OutputRecord): NonNullable<WandbRecord["output_raw"]> {
  return { output_type: stream === "stdout" ? 1 : 0, timestamp: timestampOf(time), line: `${text}\n` };
}

function runRecord(settings: RunSettings, start: RunStart): RunRecord {
  const { runId, group, jobType, notes, tags, host, startTime } = settings;
  return {
    run_id: runId,
    entity: start.entity,
    project: start.project,
    ...(group !== undefined && { run_group: group }),
    ...(jobType !== undefined && { job_type: jobType }),
    display_name: start.displayName,
    ...(notes !== undefined && { notes }),
    tags,
    host,
    starting_step: start.firstStep,
    start_time: timestampOf(startTime),
    telemetry: {
      cli_version: CLIENT_VERSION,
      core_version: CLIENT_VERSION,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}
