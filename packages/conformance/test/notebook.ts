import { readFile } from "node:fs/promises";
import type {
  Delivery,
  Event,
  Histogram,
  ImageBatch,
  LoggerDestination,
  Metrics,
  PlainRecord,
  RemoteFile,
  RunContext,
  Stamp,
  Table,
  Upload,
  UploadRequest,
} from "@mlog/core";
import { pixelsOf } from "../src/pictures.ts";
import type { HeldRecord, Kind, Sink, Subject } from "../src/index.ts";

/** A place that takes its time, and may fail or hang. */
export class Shelf {
  readonly records: HeldRecord[] = [];
  readonly files: Map<string, string> = new Map();
  readonly #sink: Sink;
  #letGo!: () => void;
  readonly #hanging = new Promise<void>((resolve) => (this.#letGo = resolve));

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async write(records: readonly HeldRecord[]): Promise<void> {
    await this.#answer();
    this.records.push(...records);
  }

  async store(name: string, text: string, overwrite: boolean): Promise<void> {
    await this.#answer();
    if (!overwrite && this.files.has(name)) throw new Error(`${name} is there already`);
    this.files.set(name, text);
  }

  letGo(): void {
    this.#letGo();
  }

  async #answer(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#sink === "hangs") await this.#hanging;
    if (this.#sink === "fails") throw new Error("the shelf is broken");
  }
}

interface Entry {
  readonly records: readonly HeldRecord[];
  readonly bytes: number;
}

/** A destination that does all it must, as plainly as possible: the broken ones change one thing each. */
export class Notebook implements LoggerDestination {
  readonly name = "notebook";
  readonly specVersion = 1;
  readonly shelf: Shelf;
  protected limit: number = 8 * 1024 * 1024;
  protected queue: Entry[] = [];
  protected run: RunContext | undefined;
  protected closed = false;
  protected delivered = 0;
  protected dropped = 0;
  #bytes = 0;
  #lostSinceFlush = 0;
  protected writing: Promise<void> | undefined;
  readonly #uploads = new Set<Promise<unknown>>();

  constructor(shelf: Shelf) {
    this.shelf = shelf;
  }

  init(run: RunContext): void {
    this.run = run;
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    this.add(Array.from(metrics, ([name, value]) => this.record("metric", name, value, stamp)));
  }

  logHyperparameters(values: PlainRecord, stamp: Stamp): void {
    this.add(
      Object.entries(values).map(([name, value]) => this.record("hyperparameter", name, value, stamp)),
    );
  }

  logTraces(values: PlainRecord, stamp: Stamp): void {
    this.add(Object.entries(values).map(([name, value]) => this.record("trace", name, value, stamp)));
  }

  logTable({ name, columns, rows }: Table, stamp: Stamp): void {
    this.add([this.record("table", name, { columns, rows }, stamp)]);
  }

  logHistogram({ name, counts, edges }: Histogram, stamp: Stamp): void {
    this.add([
      this.record("histogram", name, { counts: Array.from(counts), edges: Array.from(edges) }, stamp),
    ]);
  }

  logImages({ name, images }: ImageBatch, stamp: Stamp): void {
    this.add([this.record("image", name, images.map(pixelsOf), stamp)]);
  }

  onEvent(event: Event, stamp: Stamp): void {
    this.add([this.record("event", event, undefined, stamp)], 0);
  }

  uploadFile({ remoteFileName, filePath, overwrite }: UploadRequest): Upload {
    const copy = readFile(filePath, "utf8");
    const uploaded = copy.then(async (text): Promise<readonly RemoteFile[]> => {
      await this.shelf.store(remoteFileName, text, overwrite);
      return [{ destination: this.name, name: remoteFileName, size: text.length }];
    });
    const settled: Promise<unknown> = uploaded
      .catch(() => undefined)
      .then(() => this.#uploads.delete(settled));
    this.#uploads.add(settled);
    return { staged: copy.then(() => undefined), uploaded };
  }

  flush(): Promise<void> {
    return this.drain();
  }

  async close(_reason: { readonly error?: unknown }): Promise<void> {
    await this.drain();
    this.closed = true;
  }

  async postClose(_signal: AbortSignal): Promise<void> {
    await Promise.all(this.#uploads);
  }

  delivery(): Delivery {
    return { delivered: this.delivered, pending: this.queue.length, dropped: this.dropped };
  }

  protected record(kind: Kind, name: string, value: unknown, stamp: Stamp): HeldRecord {
    const { epoch, batch, sample, token } = stamp.timestamp;
    return { kind, name, value, step: stamp.step, time: stamp.time, epoch, batch, sample, token };
  }

  protected async drain(): Promise<void> {
    while (this.queue.length > 0) await this.write();
    this.throwIfLost();
  }

  /** Takes one call, unless it is too much. */
  protected add(records: readonly HeldRecord[], calls = 1): void {
    if (this.closed) return;
    const bytes = JSON.stringify(records).length;
    if (this.#bytes + bytes > this.limit) {
      this.dropped += calls;
      this.lose(calls, new Error("the notebook is full"));
      return;
    }
    this.#bytes += bytes;
    this.queue.push({ records, bytes });
    void this.write().catch(() => undefined);
  }

  /** Writes what waits, one batch at a time so that nothing overtakes. */
  protected async write(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
    if (this.queue.length === 0) return;
    this.writing = this.#writeBatch();
    await this.writing;
  }

  protected async put(records: readonly HeldRecord[]): Promise<void> {
    await this.shelf.write(records);
  }

  protected lose(calls: number, error: unknown): void {
    this.#lostSinceFlush += calls;
    this.report(error);
  }

  protected report(error: unknown): void {
    this.run?.report(error);
  }

  protected throwIfLost(): void {
    const lost = this.#lostSinceFlush;
    this.#lostSinceFlush = 0;
    if (lost > 0) throw new Error(`${lost} calls are lost`);
  }

  async #writeBatch(): Promise<void> {
    const batch = [...this.queue];
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
    try {
      await this.put(batch.flatMap((entry) => entry.records));
      this.delivered += batch.length;
    } catch (error) {
      this.dropped += batch.length;
      this.lose(batch.length, error);
    } finally {
      this.queue = this.queue.slice(batch.length);
      this.#bytes -= bytes;
      this.writing = undefined;
    }
  }
}

/** A notebook, or one of a broken kind, under test. */
export function notebookSubject(Kind: new (shelf: Shelf) => Notebook, sink: Sink): Subject {
  const shelf = new Shelf(sink);
  const destination = new Kind(shelf);
  return {
    destination,
    read: () => [
      ...shelf.records,
      ...Array.from(shelf.files, ([name, value]) => ({ kind: "file" as const, name, value })),
    ],
    dispose: () => shelf.letGo(),
  };
}
