import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { MultipartUpload, UploadedPart } from "../multipart.ts";
import { freeName } from "./owner.ts";
import type { StagedUpload } from "./staged-upload.ts";
import { type JournalRecord, readJournal, UploadJournal } from "./upload-journal.ts";

/** Shows other machines that this process lives, in ms. */
const HEARTBEAT = 15_000;

/** An upload and how far it has come: all that the journal knows of it. */
export class KeptUpload {
  readonly upload: StagedUpload;
  readonly session: Session;
  /** Parts are being begun, and nobody knows whether that has happened. */
  starting = false;
  multipart: MultipartUpload | undefined;
  readonly parts: Map<number, UploadedPart> = new Map();
  /** It has not to arrive any more; parts of it may have to be dropped. */
  discarded = false;

  constructor(upload: StagedUpload, session: Session) {
    this.upload = upload;
    this.session = session;
  }

  /** The copy. */
  get path(): string {
    return join(this.session.path, this.upload.id);
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
  readonly #kept: Map<string, KeptUpload> = new Map();
  readonly #heart: NodeJS.Timeout;

  private constructor(path: string) {
    this.path = path;
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

  /** Takes a new upload, on disk too. @throws the errors of `node:fs` */
  async add(upload: StagedUpload): Promise<KeptUpload> {
    const kept = this.keep(upload);
    try {
      await this.journal.append({ type: "staged", upload });
    } catch (error) {
      this.#kept.delete(upload.id);
      throw error;
    }
    return kept;
  }

  /** The upload has not to be kept any more, nor its copy. */
  async done(kept: KeptUpload): Promise<void> {
    const { id } = kept.upload;
    this.#kept.delete(id);
    await this.journal.append({ type: "done", id });
    await rm(kept.path, { force: true });
  }

  /** Gives the folder up: to nothing if all is done, else to whoever comes. */
  async release(): Promise<void> {
    clearInterval(this.#heart);
    await this.journal.close();
    if (this.#kept.size === 0) await rm(this.path, { recursive: true, force: true });
    else await rename(this.path, join(this.path, "..", freeName()));
  }

  *#records(): Generator<JournalRecord, void, void> {
    for (const kept of this.#kept.values()) yield* kept.records();
  }
}
