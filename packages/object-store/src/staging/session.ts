import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Copying, type Keeper, KeptUpload } from "./kept-upload.ts";
import { freeName } from "./owner.ts";
import { Packs } from "./packs.ts";
import type { StagedUpload } from "./staged-upload.ts";
import { type JournalRecord, readJournal, UploadJournal } from "./upload-journal.ts";

/** How often a process shows other machines that it lives, in ms. */
const HEARTBEAT = 15_000;
/** The file by whose time it does: that of the file system, whose clock may be a third machine's. */
const HEART = "heart";

/** Copies of small files that are in memory too, so that they need not be read again, in bytes. */
const MOST_IN_MEMORY = 32 * 1024 * 1024;

/** The folder that one process stages files in, with its journal; another may take it over. */
export class Session implements Keeper {
  readonly path: string;
  readonly journal: UploadJournal;
  readonly packs: Packs;
  readonly #kept: Map<string, KeptUpload> = new Map();
  readonly #heart: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #inMemory = 0;

  private constructor(path: string) {
    this.path = path;
    this.packs = new Packs(path);
    this.journal = new UploadJournal(join(path, "journal.jsonl"), () => this.#records());
    this.#heart = setInterval(() => void this.beat(), HEARTBEAT).unref();
  }

  /** @throws the errors of `node:fs` */
  static async make(path: string): Promise<Session> {
    await mkdir(path, { recursive: true });
    const session = new Session(path);
    await session.beat();
    return session;
  }

  /** A folder that others left, and that is ours by its name. */
  static async takeOver(path: string): Promise<Session> {
    const session = new Session(path);
    await session.beat();
    for await (const record of readJournal(join(path, "journal.jsonl"))) {
      if (record.type === "staged") session.keep(record.upload);
      else if (record.type === "copying") session.keep(record.upload).isCopied = false;
      else if (record.type === "done") session.#kept.delete(record.id);
      else session.#kept.get(record.id)?.apply(record);
    }
    for (const kept of session.kept) {
      const { place } = kept.upload;
      if (place !== undefined) session.packs.keep(place);
      // Nobody can copy the file any more: what was sent of it has to go.
      if (!kept.isCopied) kept.discarded = true;
    }
    return session;
  }

  /** When the process whose folder that is showed last that it lives, in ms of the file system's clock; undefined if there is no folder. */
  static async lastBeat(path: string): Promise<number | undefined> {
    const heart = await stat(join(path, HEART)).catch(() => stat(path).catch(() => undefined));
    return heart?.mtimeMs;
  }

  /** Shows that this process lives. Never rejects: that a full disk takes no byte is seen by the time all the same. */
  beat(): Promise<void> {
    this.#beating = writeFile(join(this.path, HEART), "1").catch(() => undefined);
    return this.#beating;
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
      await this.removeCopy(kept);
      throw error;
    }
    return kept;
  }

  /**
   * Takes a new upload whose file is going to be copied while it is sent.
   * @throws the errors of `node:fs`
   */
  async addUncopied(upload: StagedUpload, copying: Copying): Promise<KeptUpload> {
    const kept = this.keep(upload);
    kept.isCopied = false;
    kept.copying = copying;
    try {
      await this.journal.append({ type: "copying", upload });
    } catch (error) {
      this.#kept.delete(upload.id);
      throw error;
    }
    return kept;
  }

  async done(kept: KeptUpload): Promise<void> {
    const { id } = kept.upload;
    this.#kept.delete(id);
    await this.journal.append({ type: "done", id });
  }

  async removeCopy(kept: KeptUpload): Promise<void> {
    const { place } = kept.upload;
    this.#inMemory -= kept.bytes?.length ?? 0;
    kept.bytes = undefined;
    // Until then somebody writes to it.
    await kept.copying?.ended;
    if (place === undefined) await rm(kept.copyPath, { force: true });
    else await this.packs.release(place);
  }

  /** Gives the folder up: to nothing if all is done, else to whoever comes. */
  async release(): Promise<void> {
    clearInterval(this.#heart);
    await this.#beating;
    await this.packs.close();
    await this.journal.close();
    if (this.#kept.size === 0) await rm(this.path, { recursive: true, force: true });
    else {
      await rm(join(this.path, HEART), { force: true });
      await rename(this.path, join(this.path, "..", freeName()));
    }
  }

  *#records(): Generator<JournalRecord, void, void> {
    for (const kept of this.#kept.values()) yield* kept.records();
  }
}
