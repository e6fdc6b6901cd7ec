import { Refusal } from "./exchange.ts";
import type { Run } from "./run.ts";
import type { Violations } from "./violations.ts";

/**
 * Lines that are only ever appended; those that are there already must be repeated exactly.
 *
 * @throws Refusal 400 if they would leave a gap, or change what is stored
 */
export function appendLines(
  run: Run,
  stored: string[],
  offset: number,
  lines: readonly string[],
  violations: Violations,
  name: string,
): void {
  const rule = run.resumed > 0 ? "S3" : "F2";
  if (offset > stored.length) {
    violations.add(
      rule,
      "file_stream",
      `${name}: offset ${offset} leaves a gap behind ${stored.length} lines`,
    );
    throw new Refusal(400, "offset beyond the end");
  }
  const changed = lines.findIndex(
    (line, index) => stored[offset + index] !== undefined && stored[offset + index] !== line,
  );
  if (changed >= 0) {
    violations.add(
      rule,
      "file_stream",
      `${name}: line ${offset + changed} was ${stored[offset + changed]}, and is sent as ${lines[changed]}`,
    );
    throw new Refusal(400, "stored lines would change");
  }
  for (const line of lines.slice(stored.length - offset)) stored.push(line);
}

/** Lines that may be written again, as a terminal does. */
export function rewriteLines(stored: string[], offset: number, lines: readonly string[]): void {
  while (stored.length < offset) stored.push("");
  for (const [index, line] of lines.entries()) stored[offset + index] = line;
}
