import { readFileSync, writeSync } from "node:fs";
import { expect, test } from "vitest";
import { openJournal } from "../src/index.ts";
import { MAX_NAMES } from "../src/ring.ts";
import { expectedRow, layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

/** Appends a row of ones for each array of names, and compares the file with what it must be. */
async function expectRows(keySets: Iterable<readonly string[]>): Promise<void> {
  const path = temporaryFile();
  const journal = openJournal(path, { rows: layout, fs: { writeSync } });
  const fields = new Float64Array(2);
  let expected = "";
  for (const names of keySets) {
    const values = names.map((_, i) => i);
    fields[0]!++;
    expect(journal.appendRow(fields, names, Float64Array.from(values))).toBe(true);
    expected += expectedRow([fields[0]!, 0], names, values);
  }
  await journal.close();
  expect(readFileSync(path, "utf8") === expected).toBe(true);
}

test("key sets that take turns keep their names, however many there are", async () => {
  const few = Array.from({ length: 5 }, (_, i) => ["loss", `only.${i}`]);
  const many = Array.from({ length: 200 }, (_, i) => [`only.${i}`, "loss", `also.${i}`]);
  const turns = Array.from({ length: 10 }, () => [...few, ...few, ...many, ...few]);
  await expectRows(turns.flat());
});

test("fresh arrays of known names mean the same as known arrays", async () => {
  const names = ["loss", "acc"];
  await expectRows([names, [...names], names, names.toReversed(), names, ["acc"], names]);
});

test("a name that is too long for the dictionary harms no other row", async () => {
  const short = ["loss", "acc"];
  const long = ["acc", "n".repeat(5000), "loss"];
  await expectRows([short, long, short, long, long, short, ["new", ...long], short]);
});

test("a row that is too long for a frame is written all the same", async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `layer.${i}`);
  await expectRows([["loss"], names, names, ["loss"]]);
});

test("more names than the dictionary holds are written all the same", async () => {
  const names = Array.from({ length: MAX_NAMES + 100 }, (_, i) => [`n${i}`, "loss"]);
  await expectRows([...names, ["loss"], names[0]!, names[MAX_NAMES - 2]!, names[MAX_NAMES + 50]!]);
});
