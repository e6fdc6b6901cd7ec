import { join } from "node:path";
import {
  assertSafeName,
  type Delivery,
  describe,
  type Event,
  formatName,
  type Histogram,
  type ImageBatch,
  type LoggerDestination,
  type Metrics,
  MlogError,
  type PlainRecord,
  type RunContext,
  type Stamp,
  type Table,
  toRemoteName,
} from "@mlog/core";
import { EventFile } from "./event-file.ts";
import { scalarsEvent } from "./event-message.ts";
import { readOptions, type TensorboardLoggerOptions } from "./options.ts";
import { PictureEvents } from "./picture-events.ts";
import { PieceShipper } from "./piece-shipper.ts";
import { histogramEvent, hyperparametersEvent, tableEvent } from "./summaries.ts";

/** Everything that a logger has while it is in use. */
interface Parts {
  readonly run: RunContext;
  readonly file: EventFile;
  readonly shipper: PieceShipper;
  readonly pictures: PictureEvents;
}

/**
 * Writes what TensorBoard shows: metrics as scalars, pictures, histograms, hyperparameters and tables as text.
 * Calls return at once; another thread writes.
 */
export class TensorboardLogger implements LoggerDestination {
  readonly name = "tensorboard";
  readonly specVersion = 1;
  readonly #settings: Required<TensorboardLoggerOptions>;
  /** Undefined before a `Logger` has this destination, and on ranks that do not write. */
  #parts: Parts | undefined;
  #isTaken = false;
  #hasToldOfRange = false;
  #lost = 0;
  #lostAtFlush = 0;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option */
  constructor(options: TensorboardLoggerOptions = {}) {
    this.#settings = readOptions(options);
  }

  /** The event file; undefined before a `Logger` has this destination, and on ranks that do not write. */
  get path(): string | undefined {
    return this.#parts?.file.path;
  }

  /**
   * Creates the event file and its folder.
   *
   * @throws MlogError `INVALID_DESTINATION`, `INVALID_NAME`; the journal's `OPEN_FAILED`
   */
  init(run: RunContext): void {
    if (this.#isTaken) {
      throw new MlogError(
        "INVALID_DESTINATION",
        "this TensorboardLogger has a logger already: make one for each logger",
      );
    }
    this.#isTaken = true;
    const { state } = run;
    const { rank } = state.ranks;
    if (this.#settings.rankZeroOnly && rank !== 0) return;
    const folder = runFolder(state);
    assertSafeName(folder, "the run name");
    const file = new EventFile(join(this.#settings.logDir, folder), state.now(), (error) =>
      run.report(error),
    );
    const shipper = new PieceShipper(file, run, (start) =>
      toRemoteName(`tensorboard_logs/${folder}/${file.name}.${start}-${rank}`, "the name of a piece"),
    );
    const pictures = new PictureEvents(
      (event) => this.#append(event),
      (error) => this.#lose(error),
    );
    this.#parts = { run, file, shipper, pictures };
  }

  logMetrics({ names, values }: Metrics, stamp: Stamp): void {
    if (this.#parts === undefined) return;
    this.#append(scalarsEvent(stamp, names, values));
    if (!this.#hasToldOfRange) this.#checkRange(names, values);
  }

  logHyperparameters(values: PlainRecord, stamp: Stamp): void {
    if (this.#parts !== undefined) this.#append(hyperparametersEvent(stamp, values));
  }

  logTable(table: Table, stamp: Stamp): void {
    if (this.#parts !== undefined) this.#append(tableEvent(stamp, table));
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    if (this.#parts !== undefined) this.#append(histogramEvent(stamp, histogram));
  }

  logImages(batch: ImageBatch, stamp: Stamp): void {
    this.#parts?.pictures.add(batch, stamp);
  }

  onEvent(event: Event, { timestamp }: Stamp): void {
    const isMoment =
      event === "batchEnd"
        ? timestamp.batch % this.#settings.flushInterval === 0
        : event === "epochEnd" || event === "evalEnd" || event === "fitEnd";
    if (isMoment) this.#parts?.shipper.moment();
  }

  /**
   * Resolves when everything logged before, pictures too, is written, synced and handed to the destinations that
   * take files; rejects with the journal's `WRITE_FAILED`, or with `RECORDS_DROPPED` if calls since the last flush
   * are lost.
   */
  async flush(): Promise<void> {
    if (this.#parts === undefined) return;
    const { file, shipper, pictures } = this.#parts;
    await pictures.drain();
    await file.flush();
    await shipper.ship();
    this.#throwIfLost();
  }

  /** Ends the file and hands over the last piece. */
  async close(): Promise<void> {
    if (this.#parts === undefined) return;
    const { file, shipper, pictures } = this.#parts;
    await pictures.drain();
    try {
      await file.close();
    } finally {
      await shipper.finish();
    }
  }

  /** Waits until the destinations that take files have copies of their own. */
  async postClose(signal: AbortSignal): Promise<void> {
    if (this.#parts === undefined) return;
    await this.#parts.shipper.drain(signal);
    this.#throwIfLost();
  }

  delivery(): Delivery {
    if (this.#parts === undefined) return { delivered: 0, pending: 0, dropped: 0 };
    const { file, shipper, pictures } = this.#parts;
    const { appended, written } = file.stats();
    const pending = appended - written + pictures.pending;
    const counts = { delivered: written, pending, dropped: this.#lost };
    return pending === 0 && !shipper.pending ? counts : { ...counts, resumeFrom: file.path };
  }

  #append(event: Uint8Array): void {
    if (this.#parts!.file.append(event)) return;
    this.#lose(
      new MlogError(
        "RECORDS_DROPPED",
        `what waits for ${JSON.stringify(this.path)} to be written has no room for more, and calls are dropped`,
      ),
    );
  }

  /** Digits are lost to 32 bits all the time; that a value is lost altogether is worth a word. */
  #checkRange(names: readonly string[], values: Float64Array): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const kept = Math.fround(value);
      if (Object.is(kept, value) || (kept !== 0 && Number.isFinite(kept)) || !Number.isFinite(value))
        continue;
      this.#hasToldOfRange = true;
      this.#parts!.run.report(
        new MlogError(
          "VALUE_OUT_OF_RANGE",
          `TensorBoard keeps 32-bit numbers, so ${describe(names[i])} is ${kept} there and not ${value}; told once`,
        ),
      );
      return;
    }
  }

  #lose(error: unknown): void {
    this.#lost++;
    this.#parts?.run.report(error);
  }

  #throwIfLost(): void {
    const lost = this.#lost - this.#lostAtFlush;
    this.#lostAtFlush = this.#lost;
    if (lost > 0)
      throw new MlogError("RECORDS_DROPPED", `${lost} calls since the last flush could not be kept`);
  }
}

/** A run of TensorBoard is a folder, and two processes in one would look like one that was started twice. */
function runFolder(state: RunContext["state"]): string {
  return formatName(state.ranks.rank === 0 ? "{run_name}" : "{run_name}-rank{rank}", state);
}
