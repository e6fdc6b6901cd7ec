import type { Timestamp } from "@mlog/core";
import type { RowLayout } from "@mlog/journal";
import { withReferences } from "./pictures.ts";
import { plainJson } from "./plain-json.ts";
import type { Entry, Head, RecordFormat } from "./record-format.ts";
import { FORMAT_VERSION, type TimestampFields } from "./record.ts";
import { columnTypes } from "./table-types.ts";

/** One `logMetrics` call as a line; the fields of its row are those of {@link fillRow}. */
export const METRICS_ROW: RowLayout = {
  fields: [
    `{"v":${FORMAT_VERSION},"type":"metrics","seq":`,
    `,"time":`,
    `,"step":`,
    `,"epoch":`,
    `,"batch":`,
    `,"sample":`,
    `,"token":`,
  ],
  open: `,"metrics":{`,
  close: "}}\n",
  nonFinite: "quoted",
};

/** Puts the head of a metrics line into `row`, in the order of {@link METRICS_ROW}. */
export function fillRow(
  row: Float64Array,
  seq: number,
  time: number,
  step: number,
  timestamp: Timestamp,
): void {
  row[0] = seq;
  row[1] = sane(time);
  row[2] = step;
  row[3] = timestamp.epoch;
  row[4] = timestamp.batch;
  row[5] = timestamp.sample;
  row[6] = timestamp.token;
}

/** JSON Lines, version 1: one object per line, one line per call. */
export const jsonLines: RecordFormat = {
  types: new Set([
    "start",
    "hyperparameters",
    "traces",
    "table",
    "images",
    "histogram",
    "event",
    "output",
    "dropped",
    "end",
  ]),
  entry(head: Head, entry: Entry): string {
    const { epoch, batch, sample, token } = head.timestamp;
    return (
      `{"v":${FORMAT_VERSION},"type":"${entry.type}","seq":${head.seq},"time":${sane(head.time)},"step":${head.step},` +
      `"epoch":${epoch},"batch":${batch},"sample":${sample},"token":${token},` +
      (head.next === undefined ? "" : `"next":${head.next},`) +
      `${plainJson(body(head, entry)).slice(1)}\n`
    );
  },
};

/** The fields of each type behind those that all have; never empty. */
function body(head: Head, entry: Entry): object {
  switch (entry.type) {
    case "start": {
      const { number, state, versions } = entry.session;
      return {
        session: number,
        run: state.runName,
        ranks: state.ranks,
        maxDuration: state.maxDuration?.toString() ?? null,
        timestamp: counters(head.timestamp),
        versions,
      };
    }
    case "hyperparameters":
      return { hyperparameters: entry.values };
    case "traces":
      return { traces: entry.values };
    case "table": {
      const { name, columns } = entry.table;
      return {
        name,
        columns,
        types: columnTypes(entry.table),
        rows: withReferences(entry.table, entry.references),
      };
    }
    case "images": {
      const { name, images, maskClassLabels, useTable } = entry.batch;
      const pictures = images.map((image) => entry.references.get(image));
      return { name, images: pictures, maskClassLabels, useTable };
    }
    case "histogram": {
      const { name, counts, edges, nonFinite } = entry.histogram;
      return { name, counts: Array.from(counts), edges: Array.from(edges), nonFinite };
    }
    case "event":
      return { event: entry.event, timestamp: counters(head.timestamp) };
    case "output":
      return { stream: entry.stream, text: entry.text };
    case "dropped":
      return { from: entry.from, to: entry.to };
    case "end":
      return { error: entry.error === undefined ? null : errorFields(entry.error) };
  }
}

/** A clock that the caller brought may give anything, and JSON has no NaN. */
function sane(time: number): number {
  return Number.isFinite(time) ? time : 0;
}

function counters(timestamp: Timestamp): TimestampFields {
  return {
    iteration: timestamp.iteration,
    epoch: timestamp.epoch,
    batch: timestamp.batch,
    sample: timestamp.sample,
    token: timestamp.token,
    epochInIteration: timestamp.epochInIteration,
    tokenInIteration: timestamp.tokenInIteration,
    batchInEpoch: timestamp.batchInEpoch,
    sampleInEpoch: timestamp.sampleInEpoch,
    tokenInEpoch: timestamp.tokenInEpoch,
    totalWct: timestamp.totalWct,
    iterationWct: timestamp.iterationWct,
    epochWct: timestamp.epochWct,
    batchWct: timestamp.batchWct,
  };
}

function errorFields(error: unknown): { name: string; message: string; code: string | null } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null };
  const code = (error as { code?: unknown }).code;
  return { name: error.name, message: error.message, code: typeof code === "string" ? code : null };
}
