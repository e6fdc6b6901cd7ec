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
import { type MediaStore, MissingMediaStore } from "./media.ts";
import { openLog } from "./open-log.ts";
import { type FileLoggerOptions, readOptions, type Settings } from "./options.ts";
import { RecordLog } from "./record-log.ts";
import { segmentName } from "./segment-name.ts";
import { SegmentShipper } from "./segment-shipper.ts";
import { textLines } from "./text-lines.ts";
import { readVersions } from "./versions.ts";

/** Everything that a logger has while it is in use. */
interface Parts {
  readonly path: string;
  readonly writer: RecordWriter;
  readonly log: RecordLog;
  readonly shipper: SegmentShipper;
  readonly capture: Capture;
  readonly media: MediaStore;
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
    const shipper = new SegmentShipper({
      path,
      writer,
      run,
      remoteName: (start) => segmentName(settings.remoteFileName, state, start),
      overwrite: settings.overwrite,
    });
    try {
      shipper.begin(writer.stats().bytes === 0);
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
      log.nameDropped();
    });
    const media = new MissingMediaStore((error) => run.report(error));
    this.#parts = { path, writer, log, shipper, capture, media, forgetExit };
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
    this.#log!.write({ type: "table", table, media: this.#parts!.media }, stamp);
  }

  logImages(batch: ImageBatch, stamp: Stamp): void {
    this.#log!.write({ type: "images", batch, media: this.#parts!.media }, stamp);
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.#log!.write({ type: "histogram", histogram }, stamp);
  }

  onEvent(event: Event, stamp: Stamp): void {
    if (isRecorded(event)) this.#log!.write({ type: "event", event }, stamp);
    if (isFlushMoment(event, stamp.timestamp, this.#settings.flushInterval)) this.#parts!.shipper.moment();
  }

  /**
   * Resolves when everything logged before is written, synced and handed to the destinations that take
   * files; rejects with the journal's `WRITE_FAILED`, or with `RECORDS_DROPPED` if calls since the last
   * flush are lost.
   */
  async flush(): Promise<void> {
    if (this.#parts === undefined) return;
    const { writer, log, shipper } = this.#parts;
    await writer.flush();
    if (log.hasUnnamed && log.nameDropped()) await writer.flush();
    await shipper.ship();
    const lost = log.dropped - this.#droppedAtFlush;
    this.#droppedAtFlush = log.dropped;
    if (lost > 0)
      throw new MlogError("RECORDS_DROPPED", `${lost} calls since the last flush could not be kept`);
  }

  /** Ends the log, gives the streams back, and hands over the last segment. */
  async close(reason: { readonly error?: unknown }): Promise<void> {
    if (this.#parts === undefined) return;
    const { writer, log, shipper, capture, forgetExit } = this.#parts;
    capture.restore();
    forgetExit();
    // There is room again once what waits is written; if it cannot be, close() below says so.
    if (!log.nameDropped()) await writer.flush().catch(() => undefined);
    log.write({ type: "end", error: reason.error });
    try {
      await writer.close();
    } finally {
      await shipper.finish();
    }
  }

  /** Waits until the destinations that take files have copies of their own. */
  async postClose(signal: AbortSignal): Promise<void> {
    await this.#parts?.shipper.drain(signal);
  }

  delivery(): Delivery {
    if (this.#parts === undefined) return { delivered: 0, pending: 0, dropped: 0 };
    const { path, writer, log, shipper } = this.#parts;
    const { appended, written } = writer.stats();
    const counts = { delivered: written, pending: appended - written, dropped: log.dropped };
    return counts.pending > 0 || shipper.pending ? { ...counts, resumeFrom: path } : counts;
  }
}
