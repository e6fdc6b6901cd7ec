import {
  type Delivery,
  describe,
  type Histogram,
  type LoggerDestination,
  type Metrics,
  MlogTypeError,
  type PlainRecord,
  type RunContext,
  type Stamp,
  type Table,
} from "@mlog/core";
import { LineSender } from "./line-sender.ts";

/** How an {@link ExampleLogger} shall work. */
export interface ExampleLoggerOptions {
  /** Where records are sent, as lines of JSON in the body of a POST. */
  readonly url: string | URL;
  /** Bytes of records that may wait; beyond it the newest is dropped. Default: 8 MiB. */
  readonly maxQueuedBytes?: number;
  /** How long one request may take, in ms. Default: 10 000. */
  readonly deadline?: number;
}

/** Sends what is logged to a server. */
export class ExampleLogger implements LoggerDestination {
  readonly name = "example";
  readonly specVersion = 1;
  readonly #sender: LineSender;
  #run: RunContext | undefined;

  /** @throws MlogTypeError `INVALID_ARGUMENT` */
  constructor({ url, maxQueuedBytes = 8 * 1024 * 1024, deadline = 10_000 }: ExampleLoggerOptions) {
    if (!URL.canParse(String(url))) {
      throw new MlogTypeError("INVALID_ARGUMENT", `url must be a URL, not ${describe(url)}`);
    }
    this.#sender = new LineSender({
      url: new URL(url),
      maxQueuedBytes,
      deadline,
      report: (error) => this.#run?.report(error),
    });
  }

  init(run: RunContext): void {
    this.#run = run;
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    // The view is valid only during this call: its numbers become text right here.
    this.#send("metric", metrics, stamp);
  }

  logHyperparameters(hyperparameters: PlainRecord, stamp: Stamp): void {
    this.#send("hyperparameter", Object.entries(hyperparameters), stamp);
  }

  logTraces(traces: PlainRecord, stamp: Stamp): void {
    this.#send("trace", Object.entries(traces), stamp);
  }

  logTable({ name, columns, rows }: Table, stamp: Stamp): void {
    this.#send("table", [[name, { columns, rows }]], stamp);
  }

  logHistogram({ name, counts, edges }: Histogram, stamp: Stamp): void {
    this.#send("histogram", [[name, { counts: Array.from(counts), edges: Array.from(edges) }]], stamp);
  }

  flush(): Promise<void> {
    return this.#sender.drain();
  }

  close(): Promise<void> {
    return this.#sender.drain();
  }

  delivery(): Delivery {
    return this.#sender.delivery();
  }

  /** One call becomes one line per name. */
  #send(kind: string, values: Iterable<readonly [string, unknown]>, { step, time, timestamp }: Stamp): void {
    const { epoch, batch, sample, token } = timestamp;
    const run = this.#run?.state.runName;
    let lines = "";
    for (const [name, value] of values) {
      const record = { run, kind, name, value, step, time, epoch, batch, sample, token };
      lines += `${JSON.stringify(record, toJsonValue)}\n`;
    }
    this.#sender.add(lines);
  }
}

/** JSON has no word for some numbers. */
function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "bigint" ? String(value) : value;
}
