import type { CurvesRequest, EntryType } from "../protocol.ts";
import type { PlacesQuery } from "../worker/requests.ts";

const MAX_CURVES = 1000;
const MAX_POINTS = 100_000;
const MAX_PLACES = 10_000;
const TYPES: ReadonlySet<unknown> = new Set<EntryType>([
  "images",
  "table",
  "histogram",
  "traces",
  "output",
  "event",
]);

/** What was asked for makes no sense. */
export class InvalidRequest extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/** @throws InvalidRequest */
export function checkCurves(body: unknown): CurvesRequest {
  const { curves, axis, from, to, points } = asObject(body);
  const isFine =
    Array.isArray(curves) &&
    curves.length <= MAX_CURVES &&
    (axis === "step" || axis === "time" || axis === "epoch") &&
    isBound(from) &&
    isBound(to) &&
    isCount(points, MAX_POINTS);
  if (!isFine) throw new InvalidRequest("curves, axis, from, to or points is not what it should be");
  for (const curve of curves) {
    const { run, metric, after } = asObject(curve);
    if (typeof run !== "string" || typeof metric !== "string" || !(after === undefined || isCount(after))) {
      throw new InvalidRequest("a curve has a run, a metric, and perhaps how many points are known");
    }
  }
  return body as CurvesRequest;
}

/** @throws InvalidRequest */
export function checkPlaces(query: Readonly<Record<string, string>>): PlacesQuery {
  const { type, name = "", from = "0", count = String(MAX_PLACES) } = query;
  if (!TYPES.has(type)) throw new InvalidRequest("type is none of what a log holds");
  return {
    type: type as EntryType,
    name,
    from: checkInteger("from", from),
    count: Math.min(MAX_PLACES, checkInteger("count", count)),
  };
}

/** @throws InvalidRequest */
export function checkInteger(name: string, text: string | undefined): number {
  const value = /^-?\d{1,15}$/.test(text ?? "") ? Number(text) : NaN;
  if (Number.isNaN(value)) throw new InvalidRequest(`${name} must be an integer`);
  return value;
}

function asObject(value: unknown): Fields {
  if (typeof value === "object" && value !== null) return value as Fields;
  throw new InvalidRequest("an object was expected");
}

function isBound(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isFinite(value));
}

function isCount(value: unknown, limit: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= limit;
}
