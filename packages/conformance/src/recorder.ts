import type {
  Event,
  Histogram,
  ImageBatch,
  LoggerDestination,
  Metrics,
  PlainRecord,
  Stamp,
  Table,
} from "@mlog/core";
import { pixelsOf } from "./pictures.ts";
import type { HeldRecord, Kind } from "./subject.ts";

/** A destination that copies every call as the records that a destination should hold of it. */
export class Recorder implements LoggerDestination {
  readonly name = "recorder";
  readonly specVersion = 1;
  readonly records: HeldRecord[] = [];
  /** Calls, and what each was given, to make them again. */
  readonly calls: { readonly kind: Kind; readonly verb: keyof LoggerDestination; readonly given: unknown }[] =
    [];

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    const kept = { names: metrics.names, values: metrics.values.slice() };
    const copy = { ...kept, [Symbol.iterator]: () => pairs(kept) };
    this.#call("metric", "logMetrics", copy);
    for (const [name, value] of metrics) this.#add("metric", name, value, stamp);
  }

  logHyperparameters(values: PlainRecord, stamp: Stamp): void {
    this.#call("hyperparameter", "logHyperparameters", values);
    for (const [name, value] of Object.entries(values)) this.#add("hyperparameter", name, value, stamp);
  }

  logTraces(values: PlainRecord, stamp: Stamp): void {
    this.#call("trace", "logTraces", values);
    for (const [name, value] of Object.entries(values)) this.#add("trace", name, value, stamp);
  }

  logTable(table: Table, stamp: Stamp): void {
    this.#call("table", "logTable", table);
    const { name, columns, rows } = table;
    this.#add("table", name, { columns, rows }, stamp);
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.#call("histogram", "logHistogram", histogram);
    const value = { counts: Array.from(histogram.counts), edges: Array.from(histogram.edges) };
    this.#add("histogram", histogram.name, value, stamp);
  }

  logImages(batch: ImageBatch, stamp: Stamp): void {
    this.#call("image", "logImages", batch);
    this.#add("image", batch.name, batch.images.map(pixelsOf), stamp);
  }

  onEvent(event: Event, stamp: Stamp): void {
    this.#call("event", "onEvent", event);
    this.#add("event", event, undefined, stamp);
  }

  #call(kind: Kind, verb: keyof LoggerDestination, given: unknown): void {
    this.calls.push({ kind, verb, given });
  }

  #add(kind: Kind, name: string, value: unknown, { step, time, timestamp }: Stamp): void {
    const { epoch, batch, sample, token } = timestamp;
    this.records.push({ kind, name, value, step, time, epoch, batch, sample, token });
  }
}

function* pairs({ names, values }: Pick<Metrics, "names" | "values">): Iterator<readonly [string, number]> {
  for (let i = 0; i < names.length; i++) yield [names[i]!, values[i]!];
}
