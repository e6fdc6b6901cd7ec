import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const schema = JSON.parse(readFileSync(new URL("../src/schema.json", import.meta.url), "utf8")) as Record<
  string,
  unknown
>;

/** What users get: lets through what a later release may add. */
const published = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

/** The same, without anything that the schema does not name. */
const strict = new Ajv2020({ allErrors: true, strict: false }).compile({
  ...schema,
  unevaluatedProperties: false,
});

/** Each line is one that the published schema allows, and has no field that it does not name. */
export function expectValid(lines: readonly unknown[]): void {
  for (const line of lines) {
    published(line);
    expect({ line, errors: published.errors }).toEqual({ line, errors: null });
    strict(line);
    expect({ line, errors: strict.errors }).toEqual({ line, errors: null });
  }
}

/** Whether the published schema allows a line. */
export function isValid(line: unknown): boolean {
  return published(line);
}
