import { hostname } from "node:os";
import { join } from "node:path";
import { openJournal, type RecordWriter, type WriterStats } from "@mlog/journal";
import { versionEvent } from "./event-message.ts";
import { frame } from "./frame.ts";

/** Files that this process has opened: two loggers may begin within the same second. */
let opened = 0;

/** An event file that grows, written by another thread. */
export class EventFile {
  readonly path: string;
  readonly name: string;
  /** The first record of the file, which each piece of it begins with too. */
  readonly head: Uint8Array;
  readonly #writer: RecordWriter;

  /** @throws the journal's `OPEN_FAILED` */
  constructor(folder: string, time: number, onError: (error: Error) => void) {
    const host = hostname().replace(/[^A-Za-z0-9-]/g, "_") || "host";
    // TensorBoard reads the files of a folder in the order of their names.
    const seconds = String(Math.max(0, Math.floor(time / 1000))).padStart(10, "0");
    this.name = `events.out.tfevents.${seconds}.${host}.${process.pid}.${opened++}`;
    this.path = join(folder, this.name);
    this.#writer = openJournal(this.path, {
      rows: { fields: [], open: "", close: "", nonFinite: "bare" },
      onError,
    });
    this.head = frame(versionEvent(time));
    this.#writer.append(this.head);
  }

  /** @returns false if too much waits; the event is not taken then */
  append(event: Uint8Array): boolean {
    return this.#writer.append(frame(event));
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  /** Without the head: of events. */
  stats(): WriterStats {
    const { appended, written, refused, bytes } = this.#writer.stats();
    return { appended: appended - 1, written: Math.max(0, written - 1), refused, bytes };
  }
}
