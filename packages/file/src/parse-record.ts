import { isUtf8 } from "node:buffer";
import { describe, MlogError } from "@mlog/core";
import { FORMAT_VERSION, type LoggedRecord } from "./record.ts";

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === "number";
const isText: Check = (value) => typeof value === "string";
const isBoolean: Check = (value) => typeof value === "boolean";
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNull: Check = (value) => value === null;
const isArrayOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const either =
  (one: Check, other: Check): Check =>
  (value) =>
    one(value) || other(value);

const isMedia: Check = (value) =>
  isObject(value) &&
  either(isText, isNull)(value.file) &&
  either(isNumber, isNull)(value.size) &&
  either(isText, isNull)(value.sha256);
const isImage: Check = (value) =>
  isObject(value) &&
  isMedia(value) &&
  isNumber(value.width) &&
  isNumber(value.height) &&
  isNumber(value.channels) &&
  isObject(value.masks) &&
  Object.values(value.masks).every(isMedia);

/** The fields of every record. */
const HEAD: Readonly<Record<string, Check>> = {
  seq: Number.isSafeInteger,
  time: isNumber,
  step: isNumber,
  epoch: isNumber,
  batch: isNumber,
  sample: isNumber,
  token: isNumber,
};

/** The further field of a record behind its place. */
const LATE: Readonly<Record<string, Check>> = { next: Number.isSafeInteger };

/** The further fields of each type; what a later release adds is let through. */
const TYPES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  start: {
    session: Number.isSafeInteger,
    run: isText,
    ranks: isObject,
    maxDuration: either(isText, isNull),
    timestamp: isObject,
    versions: isObject,
  },
  metrics: { metrics: isObject },
  hyperparameters: { hyperparameters: isObject },
  traces: { traces: isObject },
  table: {
    name: isText,
    columns: isArrayOf(isText),
    types: isArrayOf(isText),
    rows: isArrayOf(Array.isArray),
  },
  histogram: { name: isText, counts: isArrayOf(isNumber), edges: isArrayOf(isNumber), nonFinite: isObject },
  images: { name: isText, images: isArrayOf(isImage), maskClassLabels: isObject, useTable: isBoolean },
  event: { event: isText, timestamp: isObject },
  output: { stream: isText, text: isText },
  dropped: { from: isNumber, to: isNumber },
  end: { error: either(isObject, isNull) },
};

const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** A table as it is read. */
interface Columns {
  readonly types: readonly string[];
  readonly rows: readonly unknown[][];
}

/** To which session of which process the records of a file belong, as far as it is read. */
export interface Origin {
  session: number;
  rank: number;
}

/**
 * Reads one line. A `start` record moves `origin` to its session.
 *
 * @returns the record, or why the line is none
 * @throws MlogError `FORMAT_TOO_NEW` at the start of a session in a version that this release cannot read
 */
export function parseRecord(bytes: Buffer, origin: Origin): LoggedRecord | string {
  if (!isUtf8(bytes)) return "it is not UTF-8";
  let line: unknown;
  try {
    line = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    return (error as Error).message;
  }
  if (!isObject(line)) return "it is not a JSON object";
  const { v, type, ...fields } = line;
  if (v !== FORMAT_VERSION) return wrongVersion(v, type);
  if (typeof type !== "string") return "it has no type";
  const wrong =
    firstWrong(fields, HEAD) ?? (fields.next === undefined ? undefined : firstWrong(fields, LATE));
  if (wrong !== undefined) return wrong;
  const checks = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (checks === undefined) return { type: "unknown", ...head(fields), ...origin, record: line };
  const trouble = firstWrong(fields, checks) ?? readValues(type, fields);
  if (trouble !== undefined) return trouble;
  if (type === "start") {
    origin.session = fields.session as number;
    const rank = (fields.ranks as Fields).rank;
    if (typeof rank === "number") origin.rank = rank;
  }
  return { type, ...fields, ...origin } as unknown as LoggedRecord;
}

function wrongVersion(v: unknown, type: unknown): string {
  if (type === "start" && typeof v === "number" && v > FORMAT_VERSION) {
    throw new MlogError(
      "FORMAT_TOO_NEW",
      `the log has format version ${v}, and this release reads version ${FORMAT_VERSION}: update @mlog/file`,
    );
  }
  return `its version is ${describe(v)}, not ${FORMAT_VERSION}`;
}

function firstWrong(fields: Fields, checks: Readonly<Record<string, Check>>): string | undefined {
  for (const name in checks) {
    if (!checks[name]!(fields[name])) return `its ${name} is ${describe(fields[name])}`;
  }
  return undefined;
}

/** Turns values that are written as text back into what they were, in place. */
function readValues(type: string, fields: Fields): string | undefined {
  if (type === "metrics") return readNumbers(fields.metrics as Fields);
  if (type === "table") return readColumns(fields as unknown as Columns);
  return undefined;
}

function readColumns({ types, rows }: Columns): string | undefined {
  for (const [column, type] of types.entries()) {
    if (type !== "number" && type !== "image") continue;
    for (const row of rows) {
      const cell = row[column];
      if (cell === null || cell === undefined) continue;
      if (type === "number") row[column] = toNumber(cell);
      else if (!isObject(cell) || !isImage(cell.$image)) return `a cell of its pictures is ${describe(cell)}`;
    }
  }
  return undefined;
}

function toNumber(cell: unknown): unknown {
  // So many digits that reading them would take long were never a number.
  if (typeof cell === "string" && /^-?\d{1,1000}$/.test(cell)) return BigInt(cell);
  return NON_FINITE.get(cell) ?? cell;
}

/** Turns the text of NaN and the infinities back into numbers, in place. */
function readNumbers(metrics: Fields): string | undefined {
  for (const name in metrics) {
    if (typeof metrics[name] === "number") continue;
    const value = NON_FINITE.get(metrics[name]);
    if (value === undefined) return `its metric ${describe(name)} is ${describe(metrics[name])}`;
    metrics[name] = value;
  }
  return undefined;
}

function head(
  fields: Fields,
): Pick<LoggedRecord, "seq" | "time" | "step" | "epoch" | "batch" | "sample" | "token"> {
  const { seq, time, step, epoch, batch, sample, token } = fields as Record<string, number>;
  return { seq, time, step, epoch, batch, sample, token } as ReturnType<typeof head>;
}
