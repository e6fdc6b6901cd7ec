import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MAX_LINE_BYTES, type LoggedRecord, type Origin, parseRecord } from "@mlog/file";
import { isMlogError } from "@mlog/core";
import type { EntryName, EntryType, LogSummary, MetricSummary } from "../protocol.ts";
import { ColumnFile } from "./column-file.ts";
import { EpochScale } from "./epoch-scale.ts";
import { LineSplitter } from "./line-splitter.ts";
import { LogHead } from "./log-head.ts";
import { Series } from "./series.ts";
import { isIndexState, type IndexState } from "./index-state.ts";

/** A log may have this many metrics, and this many names of tables and the like; what is beyond is a problem of it. */
const MAX_SERIES = 20_000;
const ENTRY_TYPES: ReadonlySet<string> = new Set<EntryType>([
  "images",
  "table",
  "histogram",
  "traces",
  "output",
  "event",
]);

/** What a log is known by. */
export interface LogIdentity {
  /** Of its folder of columns, without an ending. */
  readonly path: string;
  /** As people know it. */
  readonly file: string;
  /** By the name of the file. */
  readonly rank: number;
  /** What its first line hashes to: another one is another log. Empty if it has none yet. */
  readonly firstLine: string;
}

/** All that was read of one log: metrics as columns, of other records where they stand. */
export class LogIndex {
  readonly #identity: LogIdentity;
  readonly #columns: ColumnFile;
  #splitter: LineSplitter;
  readonly #head: LogHead;
  readonly #metrics: Map<string, Series>;
  readonly #entries: Map<string, Series>;
  readonly #origin: Origin;
  readonly epochs: EpochScale;
  #savedAt: number;
  #tooMany = false;
  #tooNew = false;

  constructor(identity: LogIdentity) {
    mkdirSync(dirname(identity.path), { recursive: true, mode: 0o700 });
    const state = readState(identity);
    this.#identity = identity;
    this.#columns = new ColumnFile(`${identity.path}.columns`, state?.columnBytes ?? 0);
    this.#splitter = new LineSplitter(state?.position ?? 0, MAX_LINE_BYTES);
    this.#savedAt = state?.position ?? 0;
    this.#head = new LogHead(identity.file, identity.rank, state?.head);
    this.#origin = state?.origin ?? { session: 0, rank: identity.rank };
    this.epochs = new EpochScale(state?.epochs);
    const restore = (saved: IndexState["metrics"] = []): Map<string, Series> =>
      new Map(saved.map(([name, series]) => [name, new Series(this.#columns, series)]));
    this.#metrics = restore(state?.metrics);
    this.#entries = restore(state?.entries);
  }

  /** The byte of the log that is to be read next. */
  get position(): number {
    return this.#splitter.position;
  }

  /** Bytes read since the index was saved. */
  get unsavedBytes(): number {
    return this.#splitter.lineByte - this.#savedAt;
  }

  get heldBytes(): number {
    let bytes = 0;
    for (const series of this.#allSeries()) bytes += series.heldBytes;
    return bytes;
  }

  metric(name: string): Series | undefined {
    return this.#metrics.get(name);
  }

  entry(type: EntryType, name: string): Series | undefined {
    return this.#entries.get(`${type} ${name}`);
  }

  /** Takes the next bytes of the log, which begin at `start`; what is missing before them is a problem of it. */
  add(start: number, block: Buffer): void {
    if (start !== this.position) {
      this.#head.problem(this.position, `the log lacks its bytes from here to ${start}`);
      this.#splitter = new LineSplitter(start, MAX_LINE_BYTES);
    }
    this.#splitter.add(block, (bytes, byte) => this.#addLine(bytes, byte));
    this.#columns.release();
  }

  summary(): LogSummary {
    const metrics = [...this.#metrics].map(([name, series]): MetricSummary => {
      const { min, max, finite } = series.extent;
      return {
        name,
        count: series.count,
        nonFinite: series.count - finite,
        last: Number.isFinite(series.last) ? series.last : String(series.last),
        min: finite === 0 ? null : min,
        max: finite === 0 ? null : max,
      };
    });
    const entries = [...this.#entries].map(([key, series]): EntryName => {
      const space = key.indexOf(" ");
      return { type: key.slice(0, space) as EntryType, name: key.slice(space + 1), count: series.count };
    });
    return { ...this.#head.state, metrics, entries, bytes: this.position };
  }

  /** Moves every row to the file, and remembers what is in it and how far the log was read. */
  save(): void {
    this.seal();
    const state = (all: Map<string, Series>): IndexState["metrics"] =>
      [...all].map(([name, series]) => [name, series.state()]);
    const saved: IndexState = {
      version: 1,
      file: this.#identity.file,
      firstLine: this.#identity.firstLine,
      position: this.#splitter.lineByte,
      columnBytes: this.#columns.size,
      head: this.#head.state,
      origin: this.#origin,
      epochs: this.epochs.state(),
      metrics: state(this.#metrics),
      entries: state(this.#entries),
    };
    const path = `${this.#identity.path}.json`;
    writeFileSync(`${path}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.#savedAt = saved.position;
  }

  /** Moves every row to the file. */
  seal(): void {
    for (const series of this.#allSeries()) series.seal();
    this.#columns.release();
  }

  /** Lets go of the file until it is used again. */
  release(): void {
    this.#columns.release();
  }

  /** Removes what is kept of a log that is no longer the one that was read. */
  static discard({ path }: LogIdentity): void {
    for (const ending of [".json", ".columns"]) rmSync(path + ending, { force: true });
  }

  #addLine(bytes: Buffer | undefined, byte: number): void {
    if (this.#tooNew) return;
    if (bytes === undefined) {
      this.#head.problem(byte, `a line has more than ${MAX_LINE_BYTES / 2 ** 20} MiB`);
      return;
    }
    let record: LoggedRecord | string;
    try {
      record = parseRecord(bytes, this.#origin);
    } catch (error) {
      if (!isMlogError(error, "FORMAT_TOO_NEW")) throw error;
      this.#tooNew = true;
      record = error.message;
    }
    if (typeof record === "string") this.#head.problem(byte, `a line is no record: ${record}`);
    else if (!isPlaced(record)) this.#head.problem(byte, "the place of a record is not finite");
    else this.#addRecord(record, byte);
  }

  #addRecord(record: LoggedRecord, byte: number): void {
    this.#head.see(record, byte);
    this.epochs.see(record.epoch, record.batch);
    const { step, time, batch, session } = record;
    if (record.type === "metrics") {
      const { metrics } = record;
      for (const name in metrics) {
        this.#seriesOf(this.#metrics, name, byte)?.push(step, time, batch, metrics[name]!, session);
      }
    } else if (ENTRY_TYPES.has(record.type)) {
      const name = "name" in record ? record.name : "";
      this.#seriesOf(this.#entries, `${record.type} ${name}`, byte)?.push(step, time, batch, byte, session);
    }
  }

  #seriesOf(all: Map<string, Series>, name: string, byte: number): Series | undefined {
    let series = all.get(name);
    if (series !== undefined) return series;
    if (all.size >= MAX_SERIES) {
      if (!this.#tooMany) this.#head.problem(byte, `more than ${MAX_SERIES} names: the others are left out`);
      this.#tooMany = true;
      return undefined;
    }
    series = new Series(this.#columns);
    all.set(name, series);
    return series;
  }

  *#allSeries(): Iterable<Series> {
    yield* this.#metrics.values();
    yield* this.#entries.values();
  }
}

/** JSON has numbers, such as 1e999, that are none. */
function isPlaced({ step, time, epoch, batch }: LoggedRecord): boolean {
  return Number.isFinite(step + time + epoch + batch);
}

function readState(identity: LogIdentity): IndexState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(`${identity.path}.json`, "utf8"));
    if (!isIndexState(state) || state.firstLine !== identity.firstLine || state.firstLine === "") {
      return undefined;
    }
    return ColumnFile.sizeOf(`${identity.path}.columns`) >= state.columnBytes ? state : undefined;
  } catch {
    return undefined;
  }
}
