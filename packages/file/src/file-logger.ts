import { dirname, join, posix } from "node:path";
import {
  type Delivery,
  type Event,
  type Histogram,
  type ImageBatch,
  type LoggerDestination,
  type Metrics,
  MlogError,
  type PlainRecord,
  type RunContext,
  type Stamp,
  type Table,
} from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import { Capture } from "./capture.ts";
import { isFlushMoment, isRecorded } from "./events.ts";
import { beforeExit } from "./exit-work.ts";
import { jsonLines } from "./json-lines.ts";
import { MediaFolder } from "./media-folder.ts";
import { MediaShipper } from "./media-shipper.ts";
import { MediaStore } from "./media-store.ts";
import { openLog } from "./open-log.ts";
import { type FileLoggerOptions, readOptions, type Settings } from "./options.ts";
import { PictureLog } from "./picture-log.ts";
import { picturesOf } from "./pictures.ts";
import { RecordLog } from "./record-log.ts";
import { segmentName } from "./segment-name.ts";
import { SegmentShipper } from "./segment-shipper.ts";
import { ShippingLedger } from "./shipping-ledger.ts";
import { textLines } from "./text-lines.ts";
import { readVersions } from "./versions.ts";

/** Everything that a logger has while it is in use. */
interface Parts {
  readonly path: string;
  readonly writer: RecordWriter;
  readonly log: RecordLog;
  readonly shipper: SegmentShipper;
  readonly capture: Capture;
  readonly pictures: PictureLog;
  readonly mediaShipper: MediaShipper;
  readonly forgetExit: () => void;
}

/**
 * Writes what is logged, and what the process prints, to one file per process: JSON Lines that can be
 * read back, replayed and queried, or text. Calls return at once; another thread encodes and writes.
 */
export class FileLogger implements LoggerDestination {
  readonly name = "file";
  readonly specVersion = 1;
  readonly #settings: Settings;
  #parts: Parts | undefined;
  // A field of its own, since it is on the path of every call of `logMetrics`.
  #log: RecordLog | undefined;
  #droppedAtFlush = 0;
  #closing: Promise<void> | undefined;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option */
  constructor(options: FileLoggerOptions = {}) {
    this.#settings = readOptions(options);
  }

  /** The log, as an absolute path; undefined before a `Logger` has this destination. */
  get path(): string | undefined {
    return this.#parts?.path;
  }

  /**
   * Creates the log and its folder.
   *
   * @throws MlogError `LOG_EXISTS`, `LOG_NOT_RECOGNIZED`, `RUN_MISMATCH`, `FORMAT_TOO_NEW`, `LOG_TRUNCATED`,
   * `INVALID_DESTINATION`; `INVALID_NAME`; the journal's `OPEN_FAILED`
   */
  init(run: RunContext): void {
    if (this.#parts !== undefined) {
      throw new MlogError(
        "INVALID_DESTINATION",
        "this FileLogger has a logger already: make one for each logger",
      );
    }
    const settings = this.#settings;
    const { state } = run;
    segmentName(settings.remoteFileName, state, 0);
    const { path, writer, session, seq } = openLog(settings, run);
    const folder = `${path}.segments`;
    const ledger = new ShippingLedger(join(folder, "ledger.jsonl"));
    const shipper = new SegmentShipper({
      path,
      folder,
      ledger,
      writer,
      run,
      remoteName: (start) => segmentName(settings.remoteFileName, state, start),
      overwrite: settings.overwrite,
    });
    const mediaFolder = join(dirname(path), "media");
    const remoteFolder = posix.join(posix.dirname(segmentName(settings.remoteFileName, state, 0)), "media");
    const mediaShipper = new MediaShipper({ path, writer, ledger, folder: mediaFolder, remoteFolder, run });
    try {
      const { media } = shipper.begin(writer.stats().bytes === 0);
      mediaShipper.begin(media);
    } catch (error) {
      void writer.close().catch(() => undefined);
      throw error;
    }
    const log = new RecordLog(writer, {
      format: settings.format === "text" ? textLines : jsonLines,
      seq,
      now: () => ({ step: state.timestamp.batch, timestamp: state.timestamp, time: state.now() }),
      report: (error) => run.report(error),
    });
    log.write({ type: "start", session: { number: session, state, versions: readVersions() } });
    const capture = new Capture((text, stream) => log.write({ type: "output", stream, text }));
    if (settings.captureStdout) capture.add(process.stdout, "stdout");
    if (settings.captureStderr) capture.add(process.stderr, "stderr");
    const forgetExit = beforeExit(() => {
      capture.endLines();
      log.dropReserved(notStoredAtExit);
      log.nameDropped();
    });
    const media = new MediaStore({
      folder: new MediaFolder(mediaFolder),
      format: settings.imageFormat,
      range: settings.imageRange,
      onFile: (name) => mediaShipper.add(name),
      report: (error) => run.report(error),
    });
    const pictures = new PictureLog(log, media);
    this.#parts = { path, writer, log, shipper, capture, pictures, mediaShipper, forgetExit };
    this.#log = log;
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    this.#log!.metrics(metrics, stamp);
  }

  logHyperparameters(values: PlainRecord, stamp: Stamp): void {
    this.#log!.write({ type: "hyperparameters", values }, stamp);
  }

  logTraces(values: PlainRecord, stamp: Stamp): void {
    if (this.#settings.logTraces) this.#log!.write({ type: "traces", values }, stamp);
  }

  logTable(table: Table, stamp: Stamp): void {
    const images = picturesOf(table);
    if (images.length === 0) this.#log!.write({ type: "table", table, references: new Map() }, stamp);
    else this.#parts!.pictures.write(images, stamp, (references) => ({ type: "table", table, references }));
  }

  logImages(batch: ImageBatch, stamp: Stamp): void {
    this.#parts!.pictures.write(batch.images, stamp, (references) => ({ type: "images", batch, references }));
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.#log!.write({ type: "histogram", histogram }, stamp);
  }

  onEvent(event: Event, stamp: Stamp): void {
    if (isRecorded(event)) this.#log!.write({ type: "event", event }, stamp);
    if (!isFlushMoment(event, stamp.timestamp, this.#settings.flushInterval)) return;
    this.#parts!.mediaShipper.ship();
    this.#parts!.shipper.moment();
  }

  /**
   * Resolves when everything logged before, pictures too, is written, synced and handed to the destinations that take
   * files; rejects with the journal's `WRITE_FAILED`, or with `RECORDS_DROPPED` if calls since the last
   * flush are lost.
   */
  async flush(): Promise<void> {
    if (this.#parts === undefined) return;
    const { writer, log, shipper, pictures, mediaShipper } = this.#parts;
    await pictures.drain();
    await writer.flush();
    if (log.hasUnnamed && log.nameDropped()) await writer.flush();
    mediaShipper.ship();
    await shipper.ship();
    this.#throwIfLost(log);
  }

  /** Ends the log, gives the streams back, and hands over the last segment. Further calls return the same. */
  close(reason: { readonly error?: unknown }): Promise<void> {
    if (this.#parts === undefined) return Promise.resolve();
    return (this.#closing ??= this.#close(this.#parts, reason));
  }

  /**
   * Waits until the destinations that take files have copies of their own; rejects with `RECORDS_DROPPED` if
   * calls since the last flush are lost.
   */
  async postClose(signal: AbortSignal): Promise<void> {
    if (this.#parts === undefined) return;
    const { log, shipper, mediaShipper } = this.#parts;
    await Promise.all([shipper.drain(signal), mediaShipper.drain(signal)]);
    this.#throwIfLost(log);
  }

  delivery(): Delivery {
    if (this.#parts === undefined) return { delivered: 0, pending: 0, dropped: 0 };
    const { path, writer, log, shipper, mediaShipper } = this.#parts;
    const { appended, written } = writer.stats();
    const pending = appended - written + log.reserved;
    const counts = { delivered: written, pending, dropped: log.dropped };
    const isDone = pending === 0 && !shipper.pending && !mediaShipper.pending;
    return isDone ? counts : { ...counts, resumeFrom: path };
  }

  async #close(parts: Parts, reason: { readonly error?: unknown }): Promise<void> {
    const { writer, log, shipper, capture, pictures, mediaShipper, forgetExit } = parts;
    capture.restore();
    await pictures.drain();
    forgetExit();
    mediaShipper.ship();
    // There is room again once what waits is written; if it cannot be, close() below says so.
    if (!log.nameDropped()) await writer.flush().catch(() => undefined);
    log.write({ type: "end", error: reason.error });
    try {
      await writer.close();
    } finally {
      await shipper.finish();
    }
  }

  #throwIfLost(log: RecordLog): void {
    const lost = log.dropped - this.#droppedAtFlush;
    this.#droppedAtFlush = log.dropped;
    if (lost > 0)
      throw new MlogError("RECORDS_DROPPED", `${lost} calls since the last flush could not be kept`);
  }
}

function notStoredAtExit(count: number): MlogError {
  return new MlogError(
    "RECORDS_DROPPED",
    `the process exits while the pictures of ${count} records are being stored, and they are lost: await logger.close() ` +
      "before process.exit()",
  );
}
