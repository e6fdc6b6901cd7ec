import type { LoggedRecord } from "@mlog/file";
import { numberText, timeText, valueText } from "./value-text.ts";

/** A record in one line, for people. */
export function recordLine(record: LoggedRecord): string {
  return `${timeText(record.time).slice(11)} rank ${record.rank} step ${record.step} ${contentOf(record)}`;
}

function contentOf(record: LoggedRecord): string {
  switch (record.type) {
    case "metrics":
      return Object.entries(record.metrics)
        .map(([name, value]) => `${name}=${numberText(value)}`)
        .join(" ");
    case "hyperparameters":
      return `hyperparameters ${pairs(record.hyperparameters)}`;
    case "traces":
      return `trace ${pairs(record.traces)}`;
    case "table":
      return `table ${record.name}: ${record.rows.length} rows, ${record.columns.length} columns`;
    case "images":
      return `pictures ${record.name}: ${record.images.map(({ width, height }) => `${width}x${height}`).join(" ")}`;
    case "histogram":
      return `histogram ${record.name}: ${record.counts.length} bins`;
    case "event":
      return `event ${record.event}`;
    case "output":
      return `${record.stream} | ${record.text}`;
    case "start":
      return `start of session ${record.session} of ${record.run}`;
    case "end":
      return record.error === null ? "end" : `end with ${record.error.name}: ${record.error.message}`;
    case "dropped":
      return `dropped ${record.to - record.from + 1} calls`;
    default:
      return "a record of a later version";
  }
}

function pairs(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");
}
