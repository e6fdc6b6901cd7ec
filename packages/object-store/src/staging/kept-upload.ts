import { join } from "node:path";
import type { MultipartUpload, UploadedPart } from "../multipart.ts";
import type { FileRange } from "../object-body.ts";
import type { PutConditions } from "../request-options.ts";
import type { StagedUpload } from "./staged-upload.ts";
import type { JournalRecord, UploadJournal } from "./upload-journal.ts";

/** The copying of a file that is sent meanwhile. */
export interface Copying {
  /** Of the file that is copied. */
  readonly path: string;
  /** Comes when the file cannot be copied, with the reason. What is under way may still bring it from where it is. */
  readonly failed: AbortSignal;
  /** Comes when the file is not what was handed over any more, with the reason: nothing can bring it. */
  readonly changed: AbortSignal;
  /** Resolves when the file is copied, cannot be, or has not to be. */
  readonly ended: Promise<void>;
  /** @throws UploadError `SOURCE_CHANGED` if the file was written to */
  assertUnchanged(): Promise<void>;
  /** There is no need of a copy any more. */
  stop(): void;
}

/** The folder that an upload is kept in, with its journal. */
export interface Keeper {
  readonly path: string;
  readonly journal: UploadJournal;
  /** The upload has not to be kept any more. @throws the errors of `node:fs` */
  done(kept: KeptUpload): Promise<void>;
  /** Of an upload that is done. @throws the errors of `node:fs` */
  removeCopy(kept: KeptUpload): Promise<void>;
}

/** An upload and how far it has come: all that the journal knows of it. */
export class KeptUpload {
  readonly upload: StagedUpload;
  readonly session: Keeper;
  /** Whether the copy is whole and on the disk. */
  isCopied = true;
  /** There while the file is being copied. */
  copying: Copying | undefined;
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
  /** A process that has ended left it, and later ones may have come before it. */
  isLeft = false;

  constructor(upload: StagedUpload, session: Keeper) {
    this.upload = upload;
    this.session = session;
  }

  /** Where the bytes are, to be sent: in the copy, if that is whole. */
  get range(): FileRange {
    const { size, place } = this.upload;
    if (!this.isCopied && this.copying !== undefined) return { path: this.copying.path, start: 0, end: size };
    const start = place?.start ?? 0;
    return { path: this.copyPath, start, end: start + size };
  }

  get copyPath(): string {
    const { id, place } = this.upload;
    return join(this.session.path, place?.pack ?? id);
  }

  *records(): Generator<JournalRecord, void, void> {
    const { upload } = this;
    const { id } = upload;
    yield { type: this.isCopied ? "staged" : "copying", upload };
    if (this.starting) yield { type: "starting", id };
    if (this.multipart !== undefined) yield { type: "started", id, multipart: this.multipart };
    for (const part of this.parts.values()) yield { type: "part", id, part };
    if (this.discarded) yield { type: "discarded", id };
  }

  /** Takes a step, on disk too. @throws the errors of `node:fs` */
  async record(record: JournalRecord): Promise<void> {
    this.apply(record);
    // That something is about to happen is no answer of the store.
    if (record.type !== "starting" && record.type !== "copied") this.steps++;
    await this.session.journal.append(record);
  }

  apply(record: JournalRecord): void {
    switch (record.type) {
      case "copied":
        this.isCopied = true;
        break;
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
      case "copying":
      case "done":
    }
  }
}
