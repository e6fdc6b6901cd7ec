/**
 * What W&B's lines, summaries and configs hold: JSON in which NaN and the infinities are bare words,
 * as Python's `json` writes and reads them, and integers have any length.
 */
export type ExtendedJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ExtendedJson[]
  | { readonly [key: string]: ExtendedJson };

/** The text of a value, on one line. */
export function stringifyExtended(value: ExtendedJson): string {
  switch (typeof value) {
    case "number":
      return numberText(value);
    case "bigint":
      return String(value);
    case "object":
      break;
    default:
      return JSON.stringify(value);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${(value as readonly ExtendedJson[]).map(stringifyExtended).join(",")}]`;
  const entries = Object.entries(value).map(
    ([key, element]) => `${JSON.stringify(key)}:${stringifyExtended(element)}`,
  );
  return `{${entries.join(",")}}`;
}

/** The text of a number; `JSON.stringify` would make null of NaN. */
export function numberText(value: number): string {
  return value - value === 0 ? JSON.stringify(value) : String(value);
}

/** Strings, which may hold anything, and the bare words between them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;
/** No string of JSON text decodes to it but the one that is put there. */
const MARK = "\u0000mlog:";

/**
 * The value of a text. Integers beyond 2^53 become bigints.
 *
 * @throws SyntaxError if it is no extended JSON
 */
export function parseExtended(text: string): ExtendedJson {
  let marked = text;
  if (text.includes("NaN") || text.includes("Infinity")) {
    marked = text.replace(TOKENS, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)));
  }
  // The reviver costs several times the parsing, so it runs only where it may find something.
  if (marked === text && !/\d{16}/.test(text)) return JSON.parse(text) as ExtendedJson;
  return JSON.parse(marked, revive) as ExtendedJson;
}

function revive(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (key.startsWith(MARK)) throw new SyntaxError(`${key.slice(MARK.length)} is no name of a property`);
  if (typeof value === "string" && value.startsWith(MARK)) return Number(value.slice(MARK.length));
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
