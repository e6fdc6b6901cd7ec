import type { Metrics } from "@mlog/core";
import { withReferences } from "./pictures.ts";
import { plainJson } from "./plain-json.ts";
import type { Entry, Head, RecordFormat } from "./record-format.ts";

/**
 * Composer's human-readable lines, but that no number loses a digit. It has no lines for starts,
 * events and ends; what goes beyond Composer (histograms, pictures) follows the pattern of metrics.
 */
export const textLines: RecordFormat = {
  types: new Set(["hyperparameters", "traces", "table", "images", "histogram", "output", "dropped"]),
  metrics(head: Head, metrics: Metrics): string {
    const prefix = `[metric]${position(head)}: `;
    let text = "";
    for (const [name, value] of metrics) text += lines(prefix, `${name}: ${textValue(value)} `);
    return text;
  },
  entry(head: Head, entry: Entry): string {
    switch (entry.type) {
      case "hyperparameters":
        return named("[hyperparameter]: ", entry.values, (name, value) => `${name}: ${textValue(value)} `);
      case "traces":
        return named("[trace]: ", entry.values, (name, value) => `${name}:${textValue(value)}`);
      case "table": {
        const { name, columns } = entry.table;
        return lines(
          "[table]: ",
          `${name}: ${plainJson({ columns, data: withReferences(entry.table, entry.references) })}`,
        );
      }
      case "images": {
        const images = entry.batch.images.map((image) => entry.references.get(image));
        return lines(`[images]${position(head)}: `, `${entry.batch.name}: ${plainJson(images)}`);
      }
      case "histogram": {
        const { name, counts, edges, nonFinite } = entry.histogram;
        const values = { counts: Array.from(counts), edges: Array.from(edges), nonFinite };
        return lines(`[histogram]${position(head)}: `, `${name}: ${plainJson(values)}`);
      }
      case "output":
        return `[${entry.stream}]: ${entry.text}\n`;
      case "dropped":
        return `[dropped]: ${entry.to - entry.from + 1} calls\n`;
      default:
        return "";
    }
  },
};

/** Composer names the batch; a step of its own is named beside it, since it would be lost otherwise. */
function position({ step, timestamp }: Head): string {
  return step === timestamp.batch ? `[batch=${step}]` : `[batch=${timestamp.batch}][step=${step}]`;
}

function named(
  prefix: string,
  values: Readonly<Record<string, unknown>>,
  format: (name: string, value: unknown) => string,
): string {
  let text = "";
  for (const name of Object.keys(values)) text += lines(prefix, format(name, values[name]));
  return text;
}

/** As in Composer, each line of a text that has several begins with the prefix. */
function lines(prefix: string, text: string): string {
  return `${prefix}${text.replaceAll("\n", `\n${prefix}`)}\n`;
}

/** A value as Composer prints it, numbers with all their digits. */
function textValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${value}"`;
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return Number.isFinite(value)
        ? String(value)
        : Number.isNaN(value)
          ? "nan"
          : value > 0
            ? "inf"
            : "-inf";
    case "object":
      if (value === null) return "None";
      if (Array.isArray(value)) return `[${value.map(textValue).join(", ")}]`;
      return `{ ${Object.entries(value)
        .map(([key, item]) => `"${key}": ${textValue(item)}, `)
        .join("")}}`;
    default:
      return String(value);
  }
}
