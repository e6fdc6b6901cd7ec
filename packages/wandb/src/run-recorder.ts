import {
  type Delivery,
  type Histogram,
  type ImageBatch,
  type Metrics,
  MlogError,
  type PlainRecord,
  type Stamp,
  type Table,
  type Upload,
  type UploadRequest,
} from "@mlog/core";
import { openJournal, type RecordWriter } from "@mlog/journal";
import { type ExtendedJson, stringifyExtended } from "./extended-json.ts";
import { histogramValue } from "./media/histogram.ts";
import { PendingMedia } from "./pending-media.ts";
import { type CaptureRecord, METRICS_ROW } from "./records/capture-record.ts";
import type { Media } from "./records/media-maker.ts";
import { writeMetadata } from "./records/metadata.ts";
import { createRunFolder, type RunFolder } from "./run-folder.ts";
import type { RunStart } from "./run-settings.ts";
import type { RunTransport } from "./run-transport.ts";
import type { Settings } from "./settings.ts";
import { RunUploads } from "./run-uploads.ts";
import { DELIVERED, DROPPED, type FromWorker, MEDIA_DONE } from "./worker-protocol.ts";
import { WorkerThread } from "./worker-thread.ts";

/** The longest record of one call, in characters. */
const MAX_RECORD = 32 * 1024 * 1024;

/**
 * The calling thread's side of a run: it writes each call to the capture, which another thread does, and
 * leaves everything else to the run's worker.
 */
export class RunRecorder implements RunTransport {
  readonly folder: RunFolder;
  /** What the server says of the run; rejects if it refuses. Never settles offline. */
  readonly started: Promise<RunStart>;
  readonly #settings: Settings;
  readonly #report: (error: Error) => void;
  readonly #journal: RecordWriter;
  readonly #worker: WorkerThread;
  readonly #row = new Float64Array(2);
  readonly #media: PendingMedia;
  readonly #uploads: RunUploads;
  readonly #ended = Promise.withResolvers<void>();
  readonly #start = Promise.withResolvers<RunStart>();
  #appended = 0;
  #refused = 0;
  #refusedAtFlush = 0;
  #complete = false;
  #nextId = 1;

  /** Makes the folder of the run; throws what the file system, or the start of a thread, throws. */
  constructor(settings: Settings, report: (error: Error) => void) {
    const { run, dir, apiKey } = settings;
    this.#settings = settings;
    this.#report = report;
    this.folder = createRunFolder(dir, run.mode, run.runId, run.startTime);
    this.folder.writeRun({ version: 1, settings: run, pid: process.pid });
    writeMetadata(this.folder.files, run.startTime, (text) =>
      apiKey === undefined ? text : text.replaceAll(apiKey, "***"),
    );
    this.#journal = openJournal(this.folder.capture, { rows: METRICS_ROW, onError: report });
    this.started = this.#start.promise;
    this.started.catch(() => undefined);
    this.#worker = new WorkerThread(
      { folder: this.folder.path, settings: run, apiKey },
      { hear: (message) => this.#hear(message), ended: (error) => this.#workerEnded(error) },
    );
    this.#media = new PendingMedia(() => Atomics.load(this.#worker.counters, MEDIA_DONE));
    this.#uploads = new RunUploads(this.folder, run.mode === "offline", report);
  }

  get path(): string {
    return this.folder.path;
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    const row = this.#row;
    row[0] = stamp.step;
    row[1] = stamp.time;
    if (this.#journal.appendRow(row, metrics.names, metrics.values)) this.#appended++;
    else this.#refuse();
  }

  logHyperparameters(values: PlainRecord, { time }: Stamp): void {
    this.#append({ type: "config", time, values });
  }

  /** Values of any kind in the row of a step. */
  logValues(values: Readonly<Record<string, ExtendedJson>>, { step, time }: Stamp): void {
    this.#append({ type: "values", step, time, values });
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.logValues({ [histogram.name]: histogramValue(histogram) }, stamp);
  }

  logTable(table: Table, stamp: Stamp): void {
    const kib = this.#media.weigh(table.rows.flat());
    if (kib > 0) return this.#logMedia({ kind: "table", table }, kib, stamp);
    const { name, columns, rows } = table;
    const plain = { name, columns, rows: rows as readonly (readonly ExtendedJson[])[] };
    this.#append({ type: "media", id: this.#nextId++, step: stamp.step, time: stamp.time, table: plain });
  }

  logImages(batch: ImageBatch, stamp: Stamp, captions: readonly string[] | undefined): void {
    this.#logMedia({ kind: "images", batch, captions }, this.#media.weigh(batch.images), stamp);
  }

  logOutput(stream: "stdout" | "stderr", text: string, time: number): void {
    // No call of the user's: it counts nowhere.
    this.#journal.append(`${stringifyExtended({ type: "output", time, stream, text })}\n`);
  }

  uploadFile(request: UploadRequest, stamp: Stamp): Upload {
    const id = this.#nextId++;
    return this.#uploads.add(id, request, stamp, (content) =>
      this.#append({ type: "artifact", id, step: stamp.step, time: stamp.time, content }),
    );
  }

  async flush(): Promise<void> {
    const pictures = this.#media.settled();
    await this.#uploads.staged();
    await this.#journal.flush();
    await Promise.race([pictures, this.#ended.promise]);
    this.#throwIfLost();
  }

  async finish(exitCode: number, signal: AbortSignal): Promise<void> {
    await this.#uploads.staged();
    const end = { type: "end", time: Date.now(), exitCode } as const;
    if (!this.#journal.append(`${stringifyExtended(end)}\n`)) {
      await this.#journal.flush();
      this.#journal.append(`${stringifyExtended(end)}\n`);
    }
    await this.#journal.close();
    this.#worker.hold(true);
    this.#worker.tell({ kind: "close" });
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#ended.promise, aborted]);
    this.#worker.hold(false);
    // Otherwise it ends by itself, with nothing under way in it.
    if (signal.aborted) this.#worker.stop();
    if (!this.#complete) {
      this.#uploads.fail();
      this.#report(
        new MlogError(
          "WANDB_NOT_SENT",
          `not everything has reached W&B; it waits in ${JSON.stringify(this.folder.path)}: send it with uploadRun() or ` +
            "`mlog upload`",
        ),
      );
    }
    this.#throwIfLost();
  }

  delivery(): Delivery {
    const { counters } = this.#worker;
    const dropped = Atomics.load(counters, DROPPED);
    const kept = this.#appended - dropped;
    const isOffline = this.#settings.run.mode === "offline";
    const delivered = this.#complete ? kept : Math.min(kept, Atomics.load(counters, DELIVERED));
    const counts = { delivered, pending: kept - delivered, dropped: dropped + this.#refused };
    return this.#complete && !isOffline ? counts : { ...counts, resumeFrom: this.folder.path };
  }

  #logMedia(media: Media, kib: number, { step, time }: Stamp): void {
    if (!this.#media.hasRoom(kib)) return this.#refuse();
    const id = this.#nextId++;
    if (!this.#append({ type: "media", id, step, time })) return;
    this.#media.add(kib, media);
    this.#worker.tell({ kind: "media", id, step, media, kib });
  }

  #append(record: CaptureRecord): boolean {
    const line = `${stringifyExtended(record as unknown as ExtendedJson)}\n`;
    if (line.length > MAX_RECORD) {
      this.#refused++;
      this.#report(
        new MlogError(
          "RECORD_TOO_LARGE",
          `a call of ${line.length} characters is more than the ${MAX_RECORD} that one may have, and was dropped`,
        ),
      );
      return false;
    }
    if (!this.#journal.append(line)) {
      this.#refuse();
      return false;
    }
    this.#appended++;
    return true;
  }

  #refuse(): void {
    this.#refused++;
    if (this.#refused > 1) return;
    this.#report(
      new MlogError(
        "RECORDS_DROPPED",
        "calls come faster than they can be kept, and the buffer is full: calls are dropped until there is room",
      ),
    );
  }

  #throwIfLost(): void {
    const lost = this.#refused - this.#refusedAtFlush;
    this.#refusedAtFlush = this.#refused;
    if (lost > 0)
      throw new MlogError("RECORDS_DROPPED", `${lost} calls since the last flush could not be kept`);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "started":
        return this.#start.resolve(message.start);
      case "report":
        return this.#report(new MlogError(message.error.code, message.error.message));
      case "refused": {
        const error = new MlogError(message.error.code, message.error.message);
        this.#start.reject(error);
        return this.#report(error);
      }
      case "made":
        return this.#media.release();
      case "artifact": {
        const { error, clientId } = message;
        return this.#uploads.done(clientId, error && new MlogError(error.code, error.message));
      }
      case "closed":
        this.#complete = message.complete;
        return this.#ended.resolve();
    }
  }

  #workerEnded(cause: unknown): void {
    this.#ended.resolve();
    const message = "the run is over, and the server has not answered";
    this.#start.reject(new MlogError("WANDB_NOT_SENT", message));
    if (cause === undefined) return;
    const reason = cause instanceof Error ? cause.message : "it was ended";
    this.#report(
      new MlogError(
        "WANDB_WORKER_FAILED",
        `the thread that sends to W&B has died (${reason}); calls are kept in ${JSON.stringify(this.folder.path)} ` +
          "for uploadRun()",
        { cause },
      ),
    );
  }
}
