import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { MultipartUpload, UploadedPart } from "../multipart.ts";
import type { PutConditions } from "../request-options.ts";
import { freeName } from "./owner.ts";
import type { FileRange } from "../object-body.ts";
import { Packs } from "./packs.ts";
import type { StagedUpload } from "./staged-upload.ts";
import { type JournalRecord, readJournal, UploadJournal } from "./upload-journal.ts";

/** Shows other machines that this process lives, in ms. */
const HEARTBEAT = 15_000;

/** Copies of small files that are in memory too, so that they need not be read again, in bytes. */
const MOST_IN_MEMORY = 32 * 1024 * 1024;

/** An upload and how far it has come: all that the journal knows of it. */
export class KeptUpload {
  readonly upload: StagedUpload;
  readonly session: Session;
  /** Parts are being begun, and nobody knows whether that has happened. */
  starting = false;
  multipart: MultipartUpload | undefined;
  readonly parts: Map<number, UploadedPart> = new Map();
  /** The bytes of the copy, if they are still in memory. */
  bytes: Uint8Array | undefined;
  /** It has not to arrive any more; parts of it may have to be dropped. */
  discarded = false;
  /** How many steps it has made with the store, to tell an attempt that came to nothing from one that got further. */
  steps = 0;
  /** Why it may have arrived without our knowing; asked before anything is sent again. */
  doubt: unknown;
  /** What it may replace, once the store was asked. */
  replaces: PutConditions | undefined;
  /** It has arrived. */
  arrived = false;

  constructor(upload: StagedUpload, session: Session) {
    this.upload = upload;
    this.session = session;
  }

  /** Where the copy is. */
  get copy(): FileRange {
    const { id, size, place } = this.upload;
    const start = place?.start ?? 0;
    return { path: join(this.session.path, place?.pack ?? id), start, end: start + size };
  }

  *records(): Generator<JournalRecord, void, void> {
    const { id } = this.upload;
    yield { type: "staged", upload: this.upload };
    if (this.starting) yield { type: "starting", id };
    if (this.multipart !== undefined) yield { type: "started", id, multipart: this.multipart };
    for (const part of this.parts.values()) yield { type: "part", id, part };
    if (this.discarded) yield { type: "discarded", id };
  }

  /** Takes a step, on disk too. @throws the errors of `node:fs` */
  async record(record: JournalRecord): Promise<void> {
    this.apply(record);
    // That something is about to happen is no answer of the store.
    if (record.type !== "starting") this.steps++;
    await this.session.journal.append(record);
  }

  apply(record: JournalRecord): void {
    switch (record.type) {
      case "starting":
        this.starting = true;
        break;
      case "started":
        this.starting = false;
        this.multipart = record.multipart;
        break;
      case "part":
        this.parts.set(record.part.number, record.part);
        break;
      case "restarted":
        this.starting = false;
        this.multipart = undefined;
        this.parts.clear();
        break;
      case "discarded":
        this.discarded = true;
        break;
      case "staged":
      case "done":
    }
  }
}

/** The folder that one process stages files in, with its journal; another may take it over. */
export class Session {
  readonly path: string;
  readonly journal: UploadJournal;
  readonly packs: Packs;
  readonly #kept: Map<string, KeptUpload> = new Map();
  readonly #heart: NodeJS.Timeout;
  #inMemory = 0;

  private constructor(path: string) {
    this.path = path;
    this.packs = new Packs(path);
    this.journal = new UploadJournal(join(path, "journal.jsonl"), () => this.#records());
    this.#heart = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, HEARTBEAT).unref();
  }

  /** @throws the errors of `node:fs` */
  static async make(path: string): Promise<Session> {
    await mkdir(path, { recursive: true });
    return new Session(path);
  }

  /** A folder that others left, and that is ours by its name. */
  static async takeOver(path: string): Promise<Session> {
    const session = new Session(path);
    for await (const record of readJournal(join(path, "journal.jsonl"))) {
      if (record.type === "staged") session.keep(record.upload);
      else if (record.type === "done") session.#kept.delete(record.id);
      else session.#kept.get(record.id)?.apply(record);
    }
    for (const { upload } of session.kept) if (upload.place !== undefined) session.packs.keep(upload.place);
    return session;
  }

  /** What is not done. */
  get kept(): readonly KeptUpload[] {
    return [...this.#kept.values()];
  }

  keep(upload: StagedUpload): KeptUpload {
    const kept = new KeptUpload(upload, this);
    this.#kept.set(upload.id, kept);
    return kept;
  }

  /**
   * Takes a new upload, on disk too; `bytes` are those of a file that has no copy yet.
   * @throws the errors of `node:fs`
   */
  async add(file: StagedUpload, bytes: Uint8Array | undefined): Promise<KeptUpload> {
    const upload = bytes === undefined ? file : { ...file, place: await this.packs.append(bytes) };
    const kept = this.keep(upload);
    if (bytes !== undefined && this.#inMemory + bytes.length <= MOST_IN_MEMORY) {
      this.#inMemory += bytes.length;
      kept.bytes = bytes;
    }
    try {
      await this.journal.append({ type: "staged", upload });
    } catch (error) {
      this.#kept.delete(upload.id);
      await this.#removeCopy(kept);
      throw error;
    }
    return kept;
  }

  /** The upload has not to be kept any more, nor its copy. */
  async done(kept: KeptUpload): Promise<void> {
    const { id } = kept.upload;
    this.#kept.delete(id);
    await this.journal.append({ type: "done", id });
    await this.#removeCopy(kept);
  }

  /** Gives the folder up: to nothing if all is done, else to whoever comes. */
  async release(): Promise<void> {
    clearInterval(this.#heart);
    await this.packs.close();
    await this.journal.close();
    if (this.#kept.size === 0) await rm(this.path, { recursive: true, force: true });
    else await rename(this.path, join(this.path, "..", freeName()));
  }

  async #removeCopy(kept: KeptUpload): Promise<void> {
    const { place } = kept.upload;
    this.#inMemory -= kept.bytes?.length ?? 0;
    kept.bytes = undefined;
    if (place === undefined) await rm(kept.copy.path, { force: true });
    else await this.packs.release(place);
  }

  *#records(): Generator<JournalRecord, void, void> {
    for (const kept of this.#kept.values()) yield* kept.records();
  }
}
