/**
 * C0 and C1 controls, what reorders text, and what ends lines: what a log holds must not move the cursor, hide text
 * or look like another line.
 */
// oxlint-disable-next-line eslint/no-control-regex -- these are what it is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text in one line, with everything that a terminal would obey written as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON of any value that a log holds. What a terminal would obey is escaped, and numbers without JSON are words. */
export function safeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, asJson, indent);
  // Within strings everything is escaped already but these; the line breaks of the indent stay.
  return text.replace(UNPRINTABLE, (char) => (char === "\n" ? char : printable(char)));
}

function asJson(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
