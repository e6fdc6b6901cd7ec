import { type DestinationDelivery, closeRoutes, flushRoutes } from "./closing.ts";
import type { LoggerDestination, RemoteFile, RunContext, TransferOptions, Upload } from "./destination.ts";
import { downloadFrom, listFrom } from "./downloads.ts";
import { MlogError, MlogRangeError, MlogTypeError, describe } from "./errors.ts";
import { EVENTS, type Event } from "./event.ts";
import { type ErrorListener, Failures, StderrReport } from "./failures.ts";
import { computeHistogram } from "./histogram.ts";
import { type ImageOptions, type Images, readImages } from "./images.ts";
import { MetricReader, type Scalar, assertName } from "./metric-set.ts";
import { toPlainRecord } from "./plain-value.ts";
import { readTensor } from "./read-tensor.ts";
import type { Stamp } from "./records.ts";
import { Route, type Verb } from "./route.ts";
import type { State } from "./state.ts";
import { readTable } from "./table.ts";
import type { TensorLike } from "./tensor.ts";
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

/** Fired by the state itself, when it advances. */
const FIRED_BY_STATE: readonly Event[] = ["batchEnd", "epochEnd", "iterationEnd"];

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
  readonly #reads = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  readonly #defaultReport: StderrReport | undefined;
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
    this.destinations = Object.freeze([destinations].flat() as LoggerDestination[]);
    this.#defaultReport = options.onError === undefined ? new StderrReport() : undefined;
    const onError: ErrorListener = (error, name) =>
      options.onError === undefined ? this.#defaultReport!.report(error, name) : options.onError(error, name);
    this.#routes = this.destinations.map((destination) => {
      assertDestination(destination);
      return new Route(destination, new Failures(destination.name, onError));
    });
    this.#start();
    this.ready = Promise.all(this.#routes.map((route) => route.ready)).then(() => undefined);
    this.ready.catch(() => undefined);
    const listeners = this.#routes.filter((route) => route.destination.onEvent !== undefined);
    this.#unsubscribe =
      listeners.length === 0
        ? () => undefined
        : state.subscribe((event) => {
            const stamp = this.#stamp(undefined);
            for (const route of listeners) route.log("onEvent", event, stamp);
          });
  }

  /** Values that do not change during a run, such as the learning rate it starts with. */
  logHyperparameters(hyperparameters: Readonly<Record<string, unknown>>): void {
    this.#log("logHyperparameters", this.#plainRecord(hyperparameters, "hyperparameters"), undefined);
  }

  /**
   * Numbers of this step.
   *
   * @param options.step default: the batch of `state.timestamp`
   * @throws `INVALID_ARGUMENT`, `INVALID_NAME`, `INVALID_METRIC`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logMetrics(metrics: Readonly<Record<string, Scalar>>, options?: { step?: number }): void {
    this.#assertOpen();
    const reader = this.#routing ? new MetricReader() : this.#metrics;
    const set = reader.read(metrics);
    const step = options?.step;
    if (step !== undefined) assertStep(step);
    const routes = this.#routes;
    if (routes.length === 0 || set.names.length === 0) return;
    const stamp = this.#stamp(step);
    // A destination or onError that logs in turn must not overwrite the values under way.
    const nested = this.#routing;
    this.#routing = true;
    for (let i = 0; i < routes.length; i++) routes[i]!.logMetrics(set, stamp);
    this.#routing = nested;
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
    if (options.name !== undefined) assertName(options.name, "name");
    this.#logRead("logImages", readImages(images, options), options.step);
  }

  /** Values for debugging, of any kind. */
  logTraces(traces: Readonly<Record<string, unknown>>): void {
    this.#log("logTraces", this.#plainRecord(traces, "traces"), undefined);
  }

  /**
   * How the values of a tensor are distributed, such as weights or gradients.
   *
   * @param options.bins default: 64
   * @throws `INVALID_TENSOR`, `INVALID_ARGUMENT`, `INVALID_NAME`, `INVALID_STEP`, `LOGGER_CLOSED`
   */
  logHistogram(name: string, values: TensorLike, options: { bins?: number; step?: number } = {}): void {
    assertName(name, "name");
    const tensor = readTensor(values, "values");
    const histogram =
      tensor instanceof Promise
        ? tensor.then((read) => computeHistogram(name, read, options.bins))
        : computeHistogram(name, tensor, options.bins);
    this.#logRead("logHistogram", histogram, options.step);
  }

  /** A moment of the run other than those that the state fires itself. */
  runEvent(event: Exclude<Event, "batchEnd" | "epochEnd" | "iterationEnd">): void {
    if (!EVENTS.includes(event) || FIRED_BY_STATE.includes(event)) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `event must be one of the training events, not ${describe(event)}; batchEnd, epochEnd and iterationEnd are ` +
          "fired by state.nextBatch(), nextEpoch() and nextIteration()",
      );
    }
    this.#log("onEvent", event, undefined);
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
    return this.destinations.some((destination) => destination.uploadFile !== undefined);
  }

  /** Downloads from the first destination that has the file. */
  async downloadFile(remoteFileName: string, path: string, options: TransferOptions = {}): Promise<void> {
    await downloadFrom(this.destinations, remoteFileName, path, options);
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
  async flush(options: { signal?: AbortSignal } = {}): Promise<void> {
    await Promise.all(this.#reads);
    await flushRoutes(this.#routes, options.signal);
  }

  /**
   * Ends the run: every destination hands over and drains. Resolves by `timeout` and says what
   * became of the records of each. Further calls return the same result.
   *
   * @throws CloseError `NOT_SAFE` if records are lost
   */
  close(options: CloseOptions = {}): Promise<readonly DestinationDelivery[]> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close({ timeout = 30_000, error }: CloseOptions): Promise<readonly DestinationDelivery[]> {
    if (typeof timeout !== "number" || !(timeout >= 0)) {
      throw new MlogRangeError(
        "INVALID_ARGUMENT",
        `timeout must be a number of milliseconds, not ${describe(timeout)}`,
      );
    }
    this.#unsubscribe();
    try {
      return await closeRoutes(this.#routes, Promise.all(this.#reads), { error }, timeout);
    } finally {
      this.#defaultReport?.summarize();
    }
  }

  #start(): void {
    for (const [index, route] of this.#routes.entries()) {
      const run: RunContext = {
        state: this.state,
        uploadFile: (remoteFileName, filePath, options = {}) =>
          this.#upload(remoteFileName, filePath, options),
        hasFileUploadDestination: () => this.hasFileUploadDestination(),
        report: (error) => route.failures.add(error),
      };
      try {
        route.init(run);
      } catch (error) {
        void closeRoutes(this.#routes.slice(0, index), Promise.resolve(), { error }, 0).catch(
          () => undefined,
        );
        throw error;
      }
    }
  }

  #upload(remoteFileName: string, filePath: string | URL, options: { overwrite?: boolean }): Upload {
    return uploadTo(
      this.#routes,
      uploadRequest(this.state, remoteFileName, filePath, options),
      this.#stamp(undefined),
    );
  }

  #log(verb: Verb, record: unknown, step: number | undefined): void {
    this.#assertOpen();
    if (step !== undefined) assertStep(step);
    const stamp = this.#stamp(step);
    for (const route of this.#routes) route.log(verb, record, stamp);
  }

  /** As {@link #log}, with the stamp of now, for a record that may have to be read first. */
  #logRead(verb: Verb, record: object | Promise<object>, step: number | undefined): void {
    if (!(record instanceof Promise)) return this.#log(verb, record, step);
    record.catch(() => undefined);
    this.#assertOpen();
    if (step !== undefined) assertStep(step);
    const stamp = this.#stamp(step);
    const read = record.then(
      (value) => {
        for (const route of this.#routes) route.log(verb, value, stamp);
      },
      (error: unknown) => {
        for (const route of this.#routes) route.lose(verb, error);
      },
    );
    this.#reads.add(read);
    void read.then(() => this.#reads.delete(read));
  }

  #stamp(step: number | undefined): Stamp {
    const { timestamp } = this.state;
    return { step: step ?? timestamp.batch, timestamp, time: this.state.now() };
  }

  #plainRecord(values: unknown, argument: string): ReturnType<typeof toPlainRecord> {
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `${argument} must be an object of names and values, not ${describe(values)}`,
      );
    }
    for (const name of Object.keys(values)) assertName(name, argument);
    return toPlainRecord(values);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new MlogError(
        "LOGGER_CLOSED",
        "the logger is closed and takes nothing more: log before close(), or make a new Logger",
      );
    }
  }
}

function assertStep(step: unknown): void {
  if (typeof step !== "number") {
    throw new MlogTypeError("INVALID_STEP", `step must be a number, not ${describe(step)}`);
  }
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new MlogRangeError("INVALID_STEP", `step must be a non-negative integer, not ${describe(step)}`);
  }
}

function assertDestination(destination: LoggerDestination): void {
  if (typeof destination !== "object" || destination === null || typeof destination.name !== "string") {
    throw new MlogTypeError(
      "INVALID_DESTINATION",
      `a destination must be an object with a name, not ${describe(destination)}`,
    );
  }
  if (destination.specVersion !== 1) {
    throw new MlogTypeError(
      "INVALID_DESTINATION",
      `${destination.name} states specVersion ${describe(destination.specVersion)}, and this version of @mlog/core knows 1: ` +
        "update @mlog/core or install an older version of the destination",
    );
  }
}
