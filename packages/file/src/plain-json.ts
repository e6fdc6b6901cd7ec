/**
 * Plain data as JSON text that every reader takes: NaN and the infinities become the strings `"NaN"`,
 * `"Infinity"` and `"-Infinity"`; a bigint becomes a number where that is exact, else a string of its
 * decimal digits. -0 becomes 0, as in all of JavaScript's JSON.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, encode);
}

function encode(_key: string, value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  return value;
}
