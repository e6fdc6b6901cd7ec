import { hash } from "node:crypto";
import { join } from "node:path";
import type { LogSummary, Problem, RunSummary } from "../protocol.ts";
import type { CacheFolder } from "./cache-folder.ts";
import type { FileSource } from "./file-source.ts";
import type { IndexWorker } from "./index-worker.ts";
import { readLine, readStretch } from "./log-bytes.ts";
import { findRuns, type FoundLog, type FoundRun } from "./run-folders.ts";
import { summarizeRun } from "./run-summary.ts";

/** Read and handed to the worker at a time, in bytes. */
const BLOCK = 1024 * 1024;
/** Read of one log before the others have their turn, in bytes: all runs shall be there soon. */
const TURN = 4 * BLOCK;
/** An index is saved while its log is read after so many bytes. */
const SAVE_EVERY = 64 * 1024 * 1024;
/** A first line that is longer tells a log from another no better. */
const FIRST_LINE = 64 * 1024;

/** A log that is followed. */
export interface FollowedLog {
  /** What the worker knows it by. */
  readonly number: number;
  found: FoundLog;
  /** The byte that is to be read next. */
  position: number;
  summary: LogSummary | undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What changed since the last time somebody was told. */
export interface Change {
  readonly runs: readonly RunSummary[];
  readonly gone: readonly string[];
}

/** All runs of a source, as far as they are read. */
export class RunLibrary {
  readonly source: FileSource;
  readonly worker: IndexWorker;
  readonly #cache: CacheFolder;
  #runs = new Map<string, FoundRun>();
  #summaries = new Map<string, RunSummary>();
  readonly #logs = new Map<string, FollowedLog>();
  readonly #listeners = new Set<(change: Change) => void>();
  #refused: Problem[] = [];
  #lookTime = 0;
  #next = 0;
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(source: FileSource, worker: IndexWorker, cache: CacheFolder) {
    this.source = source;
    this.worker = worker;
    this.#cache = cache;
  }

  get runs(): RunSummary[] {
    return [...this.#summaries.values()];
  }

  /** What of the source is not shown, and why. */
  get refused(): readonly Problem[] {
    return this.#refused;
  }

  /** How long it took to look what is there, the last time, in ms. */
  get lookTime(): number {
    return this.#lookTime;
  }

  run(id: string): FoundRun | undefined {
    return this.#runs.get(id);
  }

  /** The logs of a run that have been begun with, lowest rank first. */
  logsOf(id: string): FollowedLog[] {
    const logs = this.#runs.get(id)?.logs.map((log) => this.#logs.get(log.path)) ?? [];
    return logs.filter((log) => log !== undefined);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks what is there, and reads what was appended since. One at a time; rejects if the source cannot be read. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Keeps what was indexed, for the next time. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#refreshing?.catch(() => {});
    await this.worker.call("save", [[...this.#logs.values()].map((log) => log.number)]).catch(() => {});
    await this.worker.close();
    await this.#cache.release();
  }

  async #refresh(): Promise<void> {
    const refused: Problem[] = [];
    const start = performance.now();
    const files = await this.source.logs((file, reason) => refused.push({ file, byte: 0, reason }));
    this.#lookTime = performance.now() - start;
    this.#refused = refused;
    const before = new Set(this.#runs.keys());
    this.#runs = new Map(findRuns(files).map((run) => [run.id, run]));
    const gone = [...before].filter((id) => !this.#runs.has(id));
    await this.#forgetGone(gone);
    let changed = await this.#beginNew();
    do {
      await this.#summarize(changed, gone.splice(0));
      changed = await this.#readTurn();
    } while (changed.size > 0 && !this.#closed);
    this.#tellStatus();
  }

  async #forgetGone(gone: readonly string[]): Promise<void> {
    for (const id of gone) this.#summaries.delete(id);
    const paths = new Set([...this.#runs.values()].flatMap((run) => run.logs.map((log) => log.path)));
    for (const [path, log] of this.#logs) {
      if (paths.has(path)) continue;
      this.#logs.delete(path);
      await this.worker.call("forget", [log.number, true]);
    }
  }

  /** Begins with logs that were not there before, and anew with those that are others now. */
  async #beginNew(): Promise<Set<FoundRun>> {
    const changed = new Set<FoundRun>();
    for (const run of this.#runs.values()) {
      for (const found of run.logs) {
        if (this.#closed) return changed;
        const log = this.#logs.get(found.path);
        if (log !== undefined) {
          const isSame =
            found.size >= log.position && found.parts[0]!.identity === log.found.parts[0]!.identity;
          log.found = found;
          if (isSame) continue;
          await this.worker.call("forget", [log.number, true]);
        }
        this.#logs.set(found.path, await this.#begin(found));
        changed.add(run);
      }
    }
    return changed;
  }

  async #begin(found: FoundLog): Promise<FollowedLog> {
    const first = await readLine(this.source, found, found.parts[0]!.start, FIRST_LINE).catch(
      () => undefined,
    );
    const number = this.#next++;
    const identity = {
      path: join(this.#cache.path, hash("sha256", found.path, "hex").slice(0, 24)),
      file: found.path,
      rank: found.rank,
      firstLine: first === undefined ? "" : hash("sha256", first, "hex"),
    };
    let position = await this.worker.call("open", [number, identity]);
    if (position > found.size) {
      await this.worker.call("forget", [number, true]);
      position = await this.worker.call("open", [number, identity]);
    }
    return { number, found, position, summary: undefined };
  }

  /** Reads a part of what every log has more. Gives the runs that had something. */
  async #readTurn(): Promise<Set<FoundRun>> {
    const changed = new Set<FoundRun>();
    for (const run of this.#runs.values()) {
      for (const log of this.logsOf(run.id)) {
        if (this.#closed) return changed;
        if (log.position >= log.found.size) continue;
        try {
          if (await this.#readOn(log)) changed.add(run);
        } catch (error) {
          this.#refused.push({ file: log.found.path, byte: log.position, reason: reasonOf(error) });
        }
      }
    }
    return changed;
  }

  /** @returns whether there was anything to read */
  async #readOn(log: FollowedLog): Promise<boolean> {
    const start = log.position;
    const end = Math.min(log.found.size, start + TURN);
    let added: Promise<number> = Promise.resolve(start);
    // The next block is read while the worker is at the one before.
    while (log.position < end) {
      const stretch = await readStretch(
        this.source,
        log.found,
        log.position,
        Math.min(BLOCK, end - log.position),
      );
      await added;
      if (stretch === undefined) break;
      log.position = stretch.start + stretch.bytes.length;
      added = this.worker.call("add", [log.number, stretch.start, stretch.bytes], [stretch.bytes.buffer]);
    }
    await added;
    const isDone = log.position >= log.found.size && log.position > SAVE_EVERY / 8;
    const passed = Math.floor(log.position / SAVE_EVERY) > Math.floor(start / SAVE_EVERY);
    if ((isDone && log.position - start > BLOCK) || passed) await this.worker.call("save", [[log.number]]);
    return log.position > start;
  }

  async #summarize(runs: ReadonlySet<FoundRun>, gone: readonly string[]): Promise<void> {
    const logs = [...runs].flatMap((run) => this.logsOf(run.id));
    const summaries = await this.worker.call("summaries", [logs.map((log) => log.number)]);
    for (const [i, log] of logs.entries()) log.summary = summaries[i];
    this.#tell([...runs], gone);
  }

  /** Tells of runs that have become quiet. */
  #tellStatus(): void {
    const now = Date.now();
    const quiet = [...this.#runs.values()].filter((run) => {
      const before = this.#summaries.get(run.id);
      return before?.status === "running" && this.#summaryOf(run, now).status !== "running";
    });
    this.#tell(quiet, []);
  }

  #tell(runs: readonly FoundRun[], gone: readonly string[]): void {
    if (runs.length === 0 && gone.length === 0) return;
    const now = Date.now();
    const changed = runs.map((run) => this.#summaryOf(run, now));
    for (const summary of changed) this.#summaries.set(summary.id, summary);
    for (const listener of this.#listeners) listener({ runs: changed, gone });
  }

  #summaryOf(run: FoundRun, now: number): RunSummary {
    const summaries = this.logsOf(run.id).flatMap(({ summary }) => (summary === undefined ? [] : [summary]));
    return summarizeRun(run, summaries, now);
  }
}
