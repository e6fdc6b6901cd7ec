import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";
import type {
  Delivery,
  Histogram,
  ImageBatch,
  LoggerDestination,
  Metrics,
  PlainRecord,
  PlainValue,
  Stamp,
  Table,
  Timestamp,
} from "@mlog/core";
import { MetricStore } from "./metric-store.ts";
import { nearNames } from "./near-names.ts";
import { readOptions } from "./options.ts";
import type { InMemoryLoggerOptions } from "./options.ts";
import { pixelBytesOfBatch, pixelBytesOfTable } from "./pixel-bytes.ts";
import { RecordStore } from "./record-store.ts";
import type { Records } from "./record-store.ts";
import { checkSelection, inWindow, thinned } from "./selection.ts";
import type { Selection } from "./selection.ts";
import { toSplitJson } from "./split-json.ts";
import { Timeseries } from "./timeseries.ts";
import type { Point } from "./timeseries.ts";

/** What an {@link InMemoryLogger} let go to stay within its limits, in points and records. */
export interface Evicted {
  readonly points: number;
  readonly images: number;
  readonly tables: number;
  readonly histograms: number;
  readonly traces: number;
}

/**
 * Keeps everything that is logged, for look-ups and plots in the same process: Composer's
 * `InMemoryLogger`, with pictures, histograms and traces too. It runs wherever JavaScript runs, and it
 * writes nothing anywhere.
 *
 * Metrics lie in typed arrays, one table per recurring set of names: 8 bytes per value plus about 10
 * per call. Any step may come in any order; points keep the order in which they were logged.
 *
 * Look-ups may be made at any time, also after the logger was closed.
 */
export class InMemoryLogger implements LoggerDestination {
  readonly name: string = "memory";
  readonly specVersion = 1;
  /** Picture batches by name; pixels are shared with the other destinations, not copied. */
  readonly images: Records<ImageBatch>;
  /** Tables by name. Composer's JSON text of one is {@link tableJson}. */
  readonly tables: Records<Table>;
  /** Histograms by name. */
  readonly histograms: Records<Histogram>;
  /** Traced values by name. */
  readonly traces: Records<PlainValue>;
  readonly #metrics: MetricStore;
  readonly #images: RecordStore<ImageBatch>;
  readonly #tables: RecordStore<Table>;
  readonly #histograms: RecordStore<Histogram>;
  readonly #traces: RecordStore<PlainValue>;
  #hyperparameters: PlainRecord = Object.freeze({});
  #calls = 0;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` for a limit that is not an integer of at least 1 */
  constructor(options: InMemoryLoggerOptions = {}) {
    const limits = readOptions(options);
    const { maxPixelBytes } = limits;
    this.#metrics = new MetricStore(limits.maxPointsPerMetric);
    this.images = this.#images = new RecordStore({
      records: limits.maxImageBatches,
      pixelBytes: maxPixelBytes,
    });
    this.tables = this.#tables = new RecordStore({ records: limits.maxTables, pixelBytes: maxPixelBytes });
    this.histograms = this.#histograms = new RecordStore({
      records: limits.maxHistograms,
      pixelBytes: Infinity,
    });
    this.traces = this.#traces = new RecordStore({ records: limits.maxTraces, pixelBytes: Infinity });
  }

  /** The names of all metrics, in the order in which they first came. */
  get metricNames(): string[] {
    return this.#metrics.names();
  }

  /**
   * All metrics, each with its points: Composer's `data`. Made anew at each reading; to look at one
   * metric, {@link getTimeseries} is cheaper.
   */
  get data(): ReadonlyMap<string, Timeseries> {
    return new Map(this.metricNames.map((metric) => [metric, this.getTimeseries(metric)]));
  }

  /** The last logged value of each metric. */
  get mostRecentValues(): ReadonlyMap<string, number> {
    return new Map(this.metricNames.map((metric) => [metric, this.#metrics.last(metric)!.value]));
  }

  /** How far training was when each metric was last logged. */
  get mostRecentTimestamps(): ReadonlyMap<string, Timestamp> {
    return new Map(this.metricNames.map((metric) => [metric, this.#metrics.last(metric)!.timestamp]));
  }

  /** All hyperparameters; of one that was logged again, the last value. */
  get hyperparameters(): PlainRecord {
    return this.#hyperparameters;
  }

  /** What is no longer kept. This is not loss: it is what the limits in the options ask for. */
  get evicted(): Evicted {
    return {
      points: this.#metrics.evicted,
      images: this.images.evicted,
      tables: this.tables.evicted,
      histograms: this.histograms.evicted,
      traces: this.traces.evicted,
    };
  }

  /** Bytes of the arrays that hold the metrics, their unused ends included. */
  get metricBytes(): number {
    return this.#metrics.byteLength;
  }

  /**
   * The points of a metric, all of them or those in a window of steps or times, and at most
   * `points` of those for a plot; see {@link downsample} for which.
   *
   * @throws MlogRangeError `UNKNOWN_METRIC` if the metric was never logged, naming similar ones;
   * MlogTypeError or MlogRangeError `INVALID_ARGUMENT` for a bad selection.
   */
  getTimeseries(metric: string, selection: Selection = {}): Timeseries {
    checkSelection(selection);
    const rows = this.#metrics.rows(metric, (part) => inWindow(part, selection));
    if (rows === undefined) throw unknown("UNKNOWN_METRIC", "metric", metric, this.metricNames);
    return new Timeseries(metric, thinned(rows, selection.points));
  }

  /**
   * The last logged point of a metric, which need not be the one with the highest step.
   *
   * @throws MlogRangeError `UNKNOWN_METRIC` if the metric was never logged, naming similar ones
   */
  latest(metric: string): Point {
    const last = this.#metrics.last(metric);
    if (last === undefined) throw unknown("UNKNOWN_METRIC", "metric", metric, this.metricNames);
    const { value, step, time, timestamp } = last;
    return { value, step, time, timestamp };
  }

  /**
   * The newest table of this name as Composer keeps it; see {@link toSplitJson}.
   *
   * @throws MlogRangeError `UNKNOWN_TABLE` if no table of this name is kept, naming similar ones
   */
  tableJson(name: string): string {
    const table = this.tables.get(name);
    if (table === undefined) throw unknown("UNKNOWN_TABLE", "table", name, this.tables.names);
    return toSplitJson(table);
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    this.#calls++;
    this.#metrics.append(metrics, stamp);
  }

  logHyperparameters(hyperparameters: PlainRecord): void {
    this.#calls++;
    this.#hyperparameters = Object.freeze({ ...this.#hyperparameters, ...hyperparameters });
  }

  logTable(table: Table, stamp: Stamp): void {
    this.#calls++;
    this.#tables.add(table.name, table, stamp, pixelBytesOfTable(table));
  }

  logImages(images: ImageBatch, stamp: Stamp): void {
    this.#calls++;
    this.#images.add(images.name, images, stamp, pixelBytesOfBatch(images));
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.#calls++;
    this.#histograms.add(histogram.name, histogram, stamp);
  }

  logTraces(traces: PlainRecord, stamp: Stamp): void {
    this.#calls++;
    for (const [name, value] of Object.entries(traces)) this.#traces.add(name, value, stamp);
  }

  /** Every call arrives at once. What the limits let go counts in {@link evicted}, not as dropped. */
  delivery(): Delivery {
    return { delivered: this.#calls, pending: 0, dropped: 0 };
  }
}

function unknown(code: string, kind: string, name: unknown, known: readonly string[]): Error {
  if (typeof name !== "string") {
    return new MlogTypeError(
      "INVALID_ARGUMENT",
      `the name of a ${kind} must be a string, got ${describe(name)}`,
    );
  }
  const near = nearNames(name, known).map(describe).join(", ");
  const hint =
    known.length === 0
      ? `no ${kind} was logged yet`
      : near === ""
        ? `the ${known.length} known names are not like it`
        : `did you mean ${near}?`;
  return new MlogRangeError(code, `there is no ${kind} ${describe(name)}: ${hint}`);
}
