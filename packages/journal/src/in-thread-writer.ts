import type { FileFunctions } from "./file-functions.ts";
import { JournalError } from "./journal-error.ts";
import type { RecordWriter, RowLayout, WriterStats } from "./record-writer.ts";

/** What an {@link InThreadWriter} needs beside its open file. */
export interface InThreadOptions {
  readonly rows: RowLayout;
  /** 0: every append is written before it returns. Otherwise written once that much has gathered. */
  readonly bufferBytes: number;
  readonly limitBytes: number;
  onError(error: JournalError): void;
}

/** Encodes and writes on the calling thread. */
export class InThreadWriter implements RecordWriter {
  readonly #fd: number;
  readonly #files: FileFunctions;
  readonly #options: InThreadOptions;
  readonly #stats = { appended: 0, written: 0, refused: 0, bytes: 0 };
  #text = "";
  #pending: Buffer = Buffer.alloc(0);
  #pendingRecords = 0;
  #reported = "";
  #closed: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #exit = (): void => void this.#write();

  constructor(fd: number, bytes: number, files: FileFunctions, options: InThreadOptions) {
    this.#fd = fd;
    this.#files = files;
    this.#options = options;
    this.#stats.bytes = bytes;
    process.on("exit", this.#exit);
  }

  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean {
    const { rows } = this.#options;
    let text = "";
    for (let i = 0; i < rows.fields.length; i++) text += rows.fields[i]! + String(fields[i]!);
    text += rows.open;
    for (let i = 0; i < names.length; i++) {
      const value = values[i]!;
      const quote = rows.nonFinite === "quoted" && !Number.isFinite(value) ? '"' : "";
      text += `${i ? "," : ""}${JSON.stringify(names[i])}:${quote}${String(value)}${quote}`;
    }
    return this.append(text + rows.close);
  }

  append(record: string): boolean {
    if (this.#closed || this.#text.length + this.#pending.length + record.length > this.#options.limitBytes) {
      this.#stats.refused++;
      return false;
    }
    this.#text += record;
    this.#pendingRecords++;
    this.#stats.appended++;
    if (this.#text.length + this.#pending.length >= this.#options.bufferBytes) this.#write();
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#write();
      }, 10).unref();
    return true;
  }

  #write(): unknown {
    this.#pending = Buffer.concat([this.#pending, Buffer.from(this.#text)]);
    this.#text = "";
    try {
      while (this.#pending.length > 0) {
        const written = this.#files.writeSync(
          this.#fd,
          this.#pending,
          0,
          this.#pending.length,
          this.#stats.bytes,
        );
        this.#stats.bytes += written;
        this.#pending = this.#pending.subarray(written);
      }
      this.#stats.written += this.#pendingRecords;
      this.#pendingRecords = 0;
      this.#reported = "";
      return undefined;
    } catch (cause) {
      const code = String((cause as { code?: unknown }).code);
      if (code !== this.#reported)
        this.#options.onError(new JournalError("WRITE_FAILED", `cannot write: ${String(cause)}`, { cause }));
      this.#reported = code;
      return cause;
    }
  }

  async flush(): Promise<void> {
    let cause = this.#write();
    try {
      this.#files.fdatasyncSync(this.#fd);
    } catch (error) {
      cause ??= error;
    }
    if (cause) throw new JournalError("WRITE_FAILED", `cannot write: ${String(cause)}`, { cause });
  }

  close(): Promise<void> {
    this.#closed ??= this.flush().finally(() => {
      process.off("exit", this.#exit);
      clearTimeout(this.#timer);
      this.#files.closeSync(this.#fd);
    });
    return this.#closed;
  }

  stats(): WriterStats {
    return { ...this.#stats };
  }
}
