import { createReadStream } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { MultipartUpload, UploadedPart } from "../multipart.ts";
import { GroupWriter } from "./group-writer.ts";
import type { StagedUpload } from "./staged-upload.ts";

/** One step of an upload. */
export type JournalRecord =
  | { readonly type: "staged"; readonly upload: StagedUpload }
  /** It may be sent already, and is nothing that must arrive before it is `copied`: nobody has been promised anything. */
  | { readonly type: "copying"; readonly upload: StagedUpload }
  | { readonly type: "copied"; readonly id: string }
  /** Parts are about to be begun: there may be an upload that nobody knows. */
  | { readonly type: "starting"; readonly id: string }
  | { readonly type: "started"; readonly id: string; readonly multipart: MultipartUpload }
  | { readonly type: "part"; readonly id: string; readonly part: UploadedPart }
  /** Parts have to be begun anew. */
  | { readonly type: "restarted"; readonly id: string }
  /** It has not to be sent any more; parts of it may have to be dropped. */
  | { readonly type: "discarded"; readonly id: string }
  | { readonly type: "done"; readonly id: string };

/** Lines are written anew when that many bytes were appended, so that a long run does not fill the disk. */
const REWRITE_AFTER = 4 * 1024 * 1024;

/**
 * The steps of uploads, in a file of lines. A step is safe once its promise resolves: it is synced
 * then, together with all that waited meanwhile.
 */
export class UploadJournal {
  readonly #path: string;
  /** What the file must hold when it is written anew. */
  readonly #live: () => Iterable<JournalRecord>;
  #file: FileHandle | undefined;
  readonly #writer = new GroupWriter<string, void>((lines) => this.#writeLines(lines));
  #bytes = 0;

  constructor(path: string, live: () => Iterable<JournalRecord>) {
    this.#path = path;
    this.#live = live;
  }

  /** Resolves when the step is on disk. @throws the errors of `node:fs` */
  append(record: JournalRecord): Promise<void> {
    return this.#writer.add(toLine(record));
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    await this.#writer.idle();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeLines(lines: readonly string[]): Promise<void[]> {
    if (this.#bytes > REWRITE_AFTER) await this.#rewrite();
    this.#file ??= await open(this.#path, "a");
    // A killed process, or a full disk, may have left half a line: the first line break ends it.
    const text = `\n${lines.join("\n")}\n`;
    await this.#file.appendFile(text);
    await this.#file.datasync();
    this.#bytes += text.length;
    return [];
  }

  async #rewrite(): Promise<void> {
    const next = `${this.#path}.new`;
    const file = await open(next, "w");
    try {
      await file.writeFile([...this.#live()].map((record) => `${toLine(record)}\n`).join(""));
      await file.datasync();
    } finally {
      await file.close();
    }
    await this.#file?.close();
    this.#file = undefined;
    await rename(next, this.#path);
    this.#bytes = 0;
  }
}

/** The steps in a journal; lines that were cut short are left out, and no journal is an empty one. */
export async function* readJournal(path: string): AsyncGenerator<JournalRecord, void, void> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
      const record = line === "" ? undefined : fromLine(line);
      if (record !== undefined) yield record;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function toLine(record: JournalRecord): string {
  // What has no bytes is written in a fraction of the time.
  if (record.type !== "staged" && record.type !== "copying") return JSON.stringify({ v: 1, ...record });
  const { checksums, parts } = record.upload;
  if (Object.keys(checksums).length === 1 && parts.length === 0) return JSON.stringify({ v: 1, ...record });
  return JSON.stringify({ v: 1, ...record }, (_, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value,
  );
}

function fromLine(line: string): JournalRecord | undefined {
  try {
    return JSON.parse(line, (_, value: unknown) => {
      const base64 = (value as { base64?: unknown } | null)?.base64;
      return typeof base64 === "string" ? Uint8Array.from(Buffer.from(base64, "base64")) : value;
    }) as JournalRecord;
  } catch {
    return undefined;
  }
}
