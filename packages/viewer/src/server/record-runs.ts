import { basename } from "node:path";
import type { Curve, EntryName, EntryPlaces, EntryType, LineRecord, RunSummary } from "../protocol.ts";
import { encodeCurves } from "../protocol.ts";
import { mediaKey, placesKey, type Recorded, recordKey } from "../recorded.ts";
import { readCurves } from "./curves.ts";
import { readMediaFile } from "./media.ts";
import { readRecords } from "./records.ts";
import type { FollowedLog, RunLibrary } from "./run-library.ts";

/** The newest records of a name that a report holds. */
const NEWEST: Readonly<Record<EntryType, number>> = {
  images: 50,
  table: 50,
  histogram: 200,
  traces: 50,
  output: 1000,
  event: 0,
};
const MAX_FILES = 1000;
const MEDIA = /"file":"media\/([0-9a-f]{64}\.(?:png|webp))"/g;

/** Gathers what a report of all runs of a library shows, as long as pictures and records have at most `maxBytes`. */
export class RunRecorder {
  readonly #library: RunLibrary;
  readonly #places: Record<string, EntryPlaces[]> = {};
  readonly #records: Record<string, LineRecord> = {};
  readonly #media: Record<string, string> = {};
  #left: number;
  /** What is not in the report, and why. */
  readonly warnings: string[] = [];

  constructor(library: RunLibrary, maxBytes: number) {
    this.#library = library;
    this.#left = maxBytes;
  }

  async record(points: number): Promise<Recorded> {
    const { runs, source, refused } = this.#library;
    const files: Record<string, Recorded["files"][string]> = {};
    const curves: Curve[] = [];
    for (const run of runs) {
      const asked = run.metrics.map(({ name }) => ({ run: run.id, metric: name }));
      curves.push(...(await readCurves(this.#library, { curves: asked, axis: "step", points })));
      for (const entry of run.entries) await this.#recordEntries(run, entry);
      files[run.id] = await source.files(run.path, MAX_FILES);
    }
    return {
      message: { runs, gone: [], refused, source: basename(source.label), caughtUp: true },
      curves: Buffer.from(encodeCurves(curves).buffer).toString("base64"),
      places: this.#places,
      records: this.#records,
      media: this.#media,
      files,
    };
  }

  async #recordEntries(run: RunSummary, { type, name, count }: EntryName): Promise<void> {
    const newest = NEWEST[type];
    if (newest === 0) return;
    if (count > newest)
      this.#warn(`${run.name}: of ${count} records of ${type} ${name}, the newest ${newest} of each rank`);
    for (const log of this.#library.logsOf(run.id)) {
      const query = { type, name, from: -newest, count: newest };
      const places = await this.#library.worker.call("places", [log.number, query]);
      const lines = await readRecords(this.#library.source, log.found, places.bytes);
      const texts = lines.toString().split("\n").slice(0, -1);
      const kept: number[] = [];
      for (const [i, text] of texts.entries()) {
        if (!this.#take(text.length)) continue;
        this.#records[recordKey(run.id, log.found.rank, places.bytes[i]!)] = JSON.parse(text) as LineRecord;
        kept.push(i);
        for (const [, file] of text.matchAll(MEDIA)) await this.#recordMedia(run, log, file!);
      }
      const pick = (column: readonly number[]): number[] => kept.map((i) => column[i]!);
      const { steps, times, bytes } = places;
      const all = (this.#places[placesKey(run.id, type, name)] ??= []);
      all.push({ rank: log.found.rank, steps: pick(steps), times: pick(times), bytes: pick(bytes) });
    }
  }

  async #recordMedia(run: RunSummary, log: FollowedLog, name: string): Promise<void> {
    const key = mediaKey(run.id, log.found.rank, `media/${name}`);
    if (key in this.#media) return;
    try {
      const { bytes } = await readMediaFile(this.#library.source, log.found, name);
      if (this.#take((bytes.length * 4) / 3)) this.#media[key] = Buffer.from(bytes).toString("base64");
    } catch (error) {
      this.#warn(`${run.name}: ${(error as Error).message}`);
    }
  }

  #take(bytes: number): boolean {
    if (bytes <= this.#left) {
      this.#left -= bytes;
      return true;
    }
    this.#warn("records and pictures beyond the size that the report may have");
    return false;
  }

  #warn(warning: string): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }
}
