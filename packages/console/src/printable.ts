/**
 * C0 and C1 controls, what reorders text, and what ends lines: a name from anywhere must not move the cursor,
 * hide text or look like another line.
 */
// oxlint-disable-next-line eslint/no-control-regex -- these are what it is about
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text in one line, with everything that a terminal would obey written as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
