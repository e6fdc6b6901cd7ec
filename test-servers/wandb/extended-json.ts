/** JSON with the bare tokens NaN, Infinity and -Infinity, as W&B writes it; integers beyond 2^53 become bigints. */
export function parseExtended(text: string): unknown {
  return JSON.parse(replaceTokens(text), revive) as unknown;
}

type Revive = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** A number that nobody writes, and by which a NaN is known again. */
const NAN = "-0e777";

const revive: Revive = (_key, value, context) => {
  if (typeof value !== "number") return value;
  const source = context?.source;
  if (source === NAN) return NaN;
  return source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
};

function replaceTokens(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|NaN|Infinity/g, (token) =>
    token === "NaN" ? NAN : token === "Infinity" ? "1e999" : token,
  );
}

/** The opposite of {@link parseExtended}. */
export function stringifyExtended(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(stringifyExtended).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${stringifyExtended(each)}`).join(",")}}`;
}
