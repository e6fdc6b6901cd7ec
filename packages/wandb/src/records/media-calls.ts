import { MlogError } from "@mlog/core";
import type { ArtifactCallRecord, MediaRecord } from "./capture-record.ts";
import { type Made, MadeLog } from "./made-log.ts";
import { type Media, MediaMaker } from "./media-maker.ts";
import type { RunFolder } from "../run-folder.ts";

/** What a {@link MediaCalls} tells. */
export interface MediaCallsOptions {
  readonly folder: RunFolder;
  /** Whether pixels may still come. */
  readonly isLive: boolean;
  onMade(id: number): void;
  onLost(error: Error): void;
  /** A part of a call is left out; told once per code. */
  onNotice(notice: Error): void;
}

interface Waiting {
  readonly made: Promise<Made>;
  readonly resolve: (made: Promise<Made>) => void;
}

/** What becomes of each call of tables, pictures and files: made now, or by an earlier process, or lost. */
export class MediaCalls {
  readonly #options: MediaCallsOptions;
  readonly #maker: MediaMaker;
  readonly #log: MadeLog;
  readonly #noticed = new Set<string>();
  readonly #waiting = new Map<number, Waiting>();

  constructor(options: MediaCallsOptions) {
    this.#options = options;
    this.#maker = new MediaMaker(options.folder, (notice) => this.#notice(notice));
    this.#log = new MadeLog(options.folder.made);
  }

  /** The pixels of a call have come, before its record or after it. */
  give(id: number, step: number, media: Media): void {
    const made = this.#maker.make(id, step, media);
    made.catch(() => undefined);
    this.#wait(id).resolve(made);
  }

  /** Resolves with what the call became; undefined if it is lost, which was told. */
  async take(record: MediaRecord | ArtifactCallRecord): Promise<Made | undefined> {
    const known = this.#log.get(record.id);
    if (known !== undefined) return known;
    try {
      const made = await this.#make(record);
      this.#log.add(made);
      return made;
    } catch (error) {
      this.#options.onLost(error as Error);
      return undefined;
    } finally {
      this.#waiting.delete(record.id);
      this.#options.onMade(record.id);
    }
  }

  #make(record: MediaRecord | ArtifactCallRecord): Promise<Made> {
    const { id } = record;
    if (record.type === "artifact") return this.#maker.makeArtifact(id, record.content);
    if (record.table !== undefined) {
      return this.#maker.make(id, record.step, { kind: "table", table: record.table });
    }
    if (this.#options.isLive) return this.#wait(id).made;
    return Promise.reject(
      new MlogError(
        "IMAGES_NOT_STORED",
        "the process ended before the pictures of a call were stored: they are lost",
      ),
    );
  }

  #notice(notice: MlogError): void {
    if (this.#noticed.has(notice.code)) return;
    this.#noticed.add(notice.code);
    this.#options.onNotice(notice);
  }

  #wait(id: number): Waiting {
    let waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      const { promise, resolve } = Promise.withResolvers<Made>();
      waiting = { made: promise, resolve };
      this.#waiting.set(id, waiting);
    }
    return waiting;
  }
}
