import { assertDestination, assertEvent, assertName, assertStep, readRecord } from "./arguments.ts";
import { type DestinationDelivery, closeRoutes, flushRoutes } from "./closing.ts";
import type { LoggerDestination, RemoteFile, TransferOptions, Upload } from "./destination.ts";
import { downloadFrom, listFrom } from "./downloads.ts";
import { MlogError, check } from "./errors.ts";
import type { Event } from "./event.ts";
import { type ErrorListener, StderrReport } from "./failures.ts";
import { computeHistogram } from "./histogram.ts";
import { type ImageOptions, type Images, readImages } from "./images.ts";
import { type MaybePromise, ignorable, whenRead } from "./maybe-promise.ts";
import { MetricReader, type Scalar } from "./metric-set.ts";
import type { Stamp } from "./records.ts";
import { Route, type Verb } from "./route.ts";
import type { State } from "./state.ts";
import { readTable } from "./table.ts";
import type { TensorLike } from "./tensor.ts";
import { openTensor } from "./tensor-source.ts";
import { uploadRequest, uploadTo } from "./uploads.ts";

/** How a {@link Logger} shall behave. */
export interface LoggerOptions {
  /**
   * Hears of every error of a destination. Default: one line on stderr per destination and code,
   * and their count at close.
   */
  onError?(error: Error, destination: string): void;
}

/** How {@link Logger.close} shall end. */
export interface CloseOptions {
  /** In milliseconds; what is not delivered by then is reported as pending. Default: 30 000. */
  timeout?: number;
  /** Why the run ends, if it failed: destinations may mark it as failed. */
  error?: unknown;
}

/**
 * Takes what a training loop, an evaluation or an agent run has to say, and routes it to every
 * destination. It stores nothing.
 *
 * No logging call awaits, and none throws because a destination failed; a wrong argument throws a
 * `TypeError` or `RangeError` with a `code`, and nothing of that call is logged.
 */
export class Logger implements AsyncDisposable {
  readonly state: State;
  readonly destinations: readonly LoggerDestination[];
  /** Settles when every destination has started, or one could not. Logging is legal before. */
  readonly ready: Promise<void>;
  readonly #routes: readonly Route[];
  readonly #metrics: MetricReader = new MetricReader();
  /** Tensors that are still being read from a device. */
  readonly #reads = new Set<Promise<unknown>>();
  readonly #unsubscribe: (() => void) | undefined;
  readonly #stderr: StderrReport = new StderrReport();
  #routing = false;
  #closing: Promise<readonly DestinationDelivery[]> | undefined;

  /**
   * @throws `INVALID_DESTINATION`, and whatever the `init` of a destination throws synchronously;
   * destinations that had started are closed again
   */
  constructor(
    state: State,
    destinations: LoggerDestination | readonly LoggerDestination[] = [],
    options: LoggerOptions = {},
  ) {
    this.state = state;
    this.destinations = Object.freeze(
      [destinations].flat<readonly (LoggerDestination | readonly LoggerDestination[])[]>(),
    );
    const onError: ErrorListener = options.onError?.bind(options) ?? this.#stderr.report;
    const routes = this.destinations.map((destination) => {
      assertDestination(destination);
      return new Route(destination, onError);
    });
    this.#routes = routes;
    for (const [index, route] of routes.entries()) {
      try {
        route.init({
          state,
          uploadFile: (...upload) => this.#upload(...upload),
          hasFileUploadDestination: () => this.hasFileUploadDestination(),
          report: (error) => route.report(error),
        });
      } catch (error) {
        void ignorable(closeRoutes(routes.slice(0, index), [], { error }, 0));
        throw error;
      }
    }
    this.ready = ignorable(Promise.all(routes.map((route) => route.ready)).then(() => undefined));
    if (routes.some((route) => route.destination.onEvent !== undefined)) {
      this.#unsubscribe = state.subscribe((event) => this.#log("onEvent", event));
    }
  }

  /** Values that do not change during a run, such as the learning rate it starts with. */
  logHyperparameters(hyperparameters: Readonly<Record<string, unknown>>): void {
    this.#log("logHyperparameters", readRecord(hyperparameters, "hyperparameters"));
  }

  /**
   * Numbers of this step.
   *
   * @param options.step default: the batch of `state.timestamp`
   * @throws `INVALID_ARGUMENT`, `INVALID_NAME`, `INVALID_METRIC`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logMetrics(metrics: Readonly<Record<string, Scalar>>, options?: { step?: number }): void {
    this.#assertOpen();
    // A getter, a destination or onError that logs in turn must not overwrite the values under way.
    const nested = this.#routing;
    this.#routing = true;
    try {
      const set = (nested ? new MetricReader() : this.#metrics).read(metrics);
      const step = options?.step;
      assertStep(step);
      const routes = this.#routes;
      if (routes.length === 0 || set.names.length === 0) return;
      const stamp = this.#stamp(step);
      for (let i = 0; i < routes.length; i++) routes[i]!.logMetrics(set, stamp);
    } finally {
      this.#routing = nested;
    }
  }

  /**
   * A table; a cell may be anything, and what {@link image} returns is shown as a picture.
   *
   * @param columns one name per column
   * @param rows row-major, each as long as `columns`
   * @param options.name default: `"Table"`
   * @throws `INVALID_TABLE`, `INVALID_NAME`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logTable(
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    options: { name?: string; step?: number } = {},
  ): void {
    this.#log("logTable", readTable(columns, rows, options.name ?? "Table"), options.step);
  }

  /**
   * One picture, a batch of them (rank 4) or a list. The pixels are copied before this returns;
   * where only the device can read them, the read has started.
   *
   * @throws `INVALID_IMAGE`, `INVALID_MASK`, `INVALID_TENSOR`, `INVALID_NAME`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logImages(images: Images, options: ImageOptions = {}): void {
    this.#log("logImages", readImages(images, options), options.step);
  }

  /** Values for debugging, of any kind. */
  logTraces(traces: Readonly<Record<string, unknown>>): void {
    this.#log("logTraces", readRecord(traces, "traces"));
  }

  /**
   * How the values of a tensor are distributed, such as weights or gradients.
   *
   * @param options.bins default: 64
   * @throws `INVALID_TENSOR`, `INVALID_ARGUMENT`, `INVALID_NAME`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logHistogram(name: string, values: TensorLike, options: { bins?: number; step?: number } = {}): void {
    assertName(name, "name");
    const histogram = whenRead(openTensor(values, "values"), (source) =>
      computeHistogram(name, source.data, source.dtype, options.bins),
    );
    this.#log("logHistogram", histogram, options.step);
  }

  /** A moment of the run other than those that the state fires itself. */
  runEvent(event: Exclude<Event, "batchEnd" | "epochEnd" | "iterationEnd">): void {
    assertEvent(event);
    this.#log("onEvent", event);
  }

  /**
   * Hands a file to the destinations that take files. Both names are format strings, as in
   * Composer: `{run_name}`, `{rank}`, `{epoch}`, `{batch}`, ...
   *
   * @param options.overwrite default: false, and a file that is already there is an error
   * @throws `INVALID_NAME`, `INVALID_ARGUMENT`, `LOGGER_CLOSED`; what happens later rejects the promises of the result
   */
  uploadFile(remoteFileName: string, filePath: string | URL, options: { overwrite?: boolean } = {}): Upload {
    this.#assertOpen();
    return this.#upload(remoteFileName, filePath, options);
  }

  hasFileUploadDestination(): boolean {
    return this.#routes.some((route) => route.takesFiles);
  }

  /** Downloads from the first destination that has the file. */
  downloadFile(remoteFileName: string, path: string, options: TransferOptions = {}): Promise<void> {
    return downloadFrom(this.destinations, remoteFileName, path, options);
  }

  /** The files of all destinations that can list. */
  listFiles(prefix = ""): AsyncIterable<RemoteFile> {
    return listFrom(this.destinations, prefix);
  }

  /**
   * Resolves when everything logged before is safe, as each destination defines it.
   *
   * @throws MlogAggregateError `NOT_SAFE`; the reason of `options.signal`
   */
  flush(options: { signal?: AbortSignal } = {}): Promise<void> {
    return flushRoutes(this.#routes, this.#reads, options.signal);
  }

  /**
   * Ends the run: every destination hands over and drains. Resolves by `timeout` and says what
   * became of the records of each. Further calls return the same result.
   *
   * @throws CloseError `NOT_SAFE` if records are lost; `INVALID_ARGUMENT`, and nothing is closed
   */
  async close(options: CloseOptions = {}): Promise<readonly DestinationDelivery[]> {
    const { timeout = 30_000, error } = options;
    check(timeout >= 0, "INVALID_ARGUMENT", "timeout", "be milliseconds", timeout);
    this.#unsubscribe?.();
    this.#closing ??= closeRoutes(this.#routes, this.#reads, { error }, timeout).finally(() =>
      this.#stderr.summarize(),
    );
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #upload(remoteFileName: string, filePath: string | URL, options?: { overwrite?: boolean }): Upload {
    return uploadTo(
      this.#routes,
      uploadRequest(this.state, remoteFileName, filePath, options),
      this.#stamp(),
    );
  }

  /** Stamps now, and routes the record as soon as it has been read. */
  #log(verb: Verb, record: MaybePromise<unknown>, step?: number): void {
    this.#assertOpen();
    assertStep(step);
    const stamp = this.#stamp(step);
    const routes = this.#routes;
    const read = whenRead(record, (value) => {
      for (const route of routes) route.log(verb, value, stamp);
    });
    if (!(read instanceof Promise)) return;
    const settled: Promise<unknown> = read
      .catch((error: unknown) => {
        for (const route of routes) route.lose(verb, error);
      })
      .then(() => this.#reads.delete(settled));
    this.#reads.add(settled);
  }

  #stamp(step?: number): Stamp {
    const { state } = this;
    const { timestamp } = state;
    return { step: step ?? timestamp.batch, timestamp, time: state.now() };
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new MlogError("LOGGER_CLOSED", "the logger is closed: make a new one");
    }
  }
}
