import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openJournal, type JournalOptions, type RecordWriter } from "../src/index.ts";
import { FULL, Faults, HEALTHY, PARTIAL, SHORT } from "./fixtures/faulty-files.ts";
import { expectedRow, layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

const faultyFiles = fileURLToPath(new URL("./fixtures/faulty-files.ts", import.meta.url));

/** Every way of writing, each behind the same interface. */
const ways: { name: string; runs: number; options: Partial<JournalOptions> }[] = [
  { name: "a worker", runs: 15, options: { fs: faultyFiles } },
  { name: "a worker that syncs", runs: 5, options: { fs: faultyFiles, durability: "disk" } },
  {
    name: "the calling thread, at each append",
    runs: 60,
    options: { fs: faultyFiles, durability: "record" },
  },
  { name: "the calling thread, now and then", runs: 60, options: { fs: await import(faultyFiles) } },
];

function open(path: string, options: Partial<JournalOptions>): RecordWriter {
  return openJournal(path, { rows: layout, ...options });
}

type Step =
  | { readonly kind: "row"; readonly names: readonly string[]; readonly values: readonly number[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "fault"; readonly fault: number }
  | { readonly kind: "flush" };

const keySets = [[], ["loss"], ["loss", "acc"], Array.from({ length: 30 }, (_, i) => `layer.${i}.grad`)];

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(...keySets)
      .chain((names) =>
        fc
          .array(fc.double(), { minLength: names.length, maxLength: names.length })
          .map((values): Step => ({ kind: "row", names, values })),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 5 })
      .map((names): Step => ({ kind: "row", names, values: names.map((_, i) => i / 3) })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.nat({ max: 300 }))
      .map(([text, times]): Step => ({
        kind: "text",
        text: `${text.replaceAll("\n", " ").repeat(times)}\n`,
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(HEALTHY, FULL, PARTIAL, SHORT)
      .map((fault): Step => ({ kind: "fault", fault })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "flush" }) },
);

describe.each(ways)("$name", ({ runs, options }) => {
  test(
    "brings everything accepted to the file, in order, whatever goes wrong meanwhile",
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { maxLength: 150, size: "max" }),
          fc.integer({ min: 1024, max: 5000 }),
          async (script, bufferBytes) => {
            const path = temporaryFile();
            const faults = new Faults();
            const journal = open(path, { ...options, bufferBytes });
            let expected = "";
            let appended = 0;
            let refused = 0;
            let healthy = true;
            for (const [seq, step] of script.entries()) {
              if (step.kind === "fault") {
                faults.set(step.fault);
                healthy = step.fault === HEALTHY || step.fault === SHORT;
              } else if (step.kind === "flush") {
                if (healthy) await journal.flush();
                else await journal.flush().catch(() => {});
                if (healthy) expect(readFileSync(path, "utf8")).toBe(expected);
              } else {
                const row = step.kind === "row" ? expectedRow([seq, 5], step.names, step.values) : step.text;
                const taken =
                  step.kind === "row"
                    ? journal.appendRow(new Float64Array([seq, 5]), step.names, new Float64Array(step.values))
                    : journal.append(seq % 2 === 0 ? row : new TextEncoder().encode(row));
                if (taken) expected += row;
                if (taken) appended++;
                else refused++;
              }
            }
            faults.set(HEALTHY);
            await journal.close();
            const bytes = Buffer.byteLength(expected);
            expect(journal.stats()).toEqual({ appended, refused, written: appended, bytes });
            expect(readFileSync(path, "utf8")).toBe(expected);
          },
        ),
        { numRuns: runs, endOnFailure: runs < 50 },
      );
    },
  );

  test("takes a record that is larger than its memory, one at a time, in its place", async () => {
    const path = temporaryFile();
    const faults = new Faults();
    const journal = open(path, { ...options, bufferBytes: 4096 });
    const large = (letter: string): string => `${letter.repeat(100_000)}\n`;
    expect(journal.append("before\n")).toBe(true);
    expect(journal.append(large("a"))).toBe(true);
    expect(journal.append("after\n")).toBe(true);
    await journal.flush();
    faults.set(FULL);
    expect(journal.append(large("b"))).toBe(true);
    expect(journal.append(large("c"))).toBe(false);
    expect(journal.append("small\n")).toBe(true);
    await expect(journal.flush()).rejects.toMatchObject({ code: "WRITE_FAILED" });
    faults.set(HEALTHY);
    await journal.flush();
    expect(journal.append(large("d"))).toBe(true);
    await journal.close();
    const expected = `before\n${large("a")}after\n${large("b")}small\n${large("d")}`;
    expect(readFileSync(path, "utf8") === expected).toBe(true);
    expect(journal.stats()).toEqual({ appended: 6, refused: 1, written: 6, bytes: expected.length });
  });

  test(
    "goes on behind the last complete line of a file, after each possible truncation",
    { timeout: 60_000 },
    async () => {
      const path = temporaryFile();
      const text = 'a\n{"é":1}\n\nlast\n';
      const bytes = Buffer.from(text);
      for (let length = 0; length <= bytes.length; length++) {
        writeFileSync(path, bytes.subarray(0, length));
        new Faults();
        const journal = open(path, { ...options, mode: "append" });
        const kept = bytes.subarray(0, bytes.subarray(0, length).lastIndexOf(10) + 1).toString();
        expect(journal.stats().bytes).toBe(Buffer.byteLength(kept));
        journal.append("new\n");
        await journal.close();
        expect(readFileSync(path, "utf8")).toBe(`${kept}new\n`);
      }
    },
  );

  test("closes once, and takes nothing afterwards", async () => {
    const path = temporaryFile();
    new Faults();
    const journal = open(path, options);
    journal.append("one\n");
    const closed = journal.close();
    expect(journal.close()).toBe(closed);
    expect(journal.append("late\n")).toBe(false);
    expect(journal.appendRow(new Float64Array(2), ["x"], new Float64Array(1))).toBe(false);
    await closed;
    expect(journal.append("later\n")).toBe(false);
    await journal.flush();
    expect(journal.stats()).toEqual({ appended: 1, refused: 3, written: 1, bytes: 4 });
    expect(readFileSync(path, "utf8")).toBe("one\n");
  });

  test("refuses a row of the wrong shape, by code, and nothing else", async () => {
    new Faults();
    const journal = open(temporaryFile(), options);
    const wrong: [number, string[], number][] = [
      [1, ["x"], 1],
      [3, ["x"], 1],
      [2, ["x"], 0],
      [2, ["x"], 2],
    ];
    for (const [fields, names, values] of wrong) {
      const append = (): unknown =>
        journal.appendRow(new Float64Array(fields), names, new Float64Array(values));
      expect(append).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
    await journal.close();
    expect(journal.stats().appended).toBe(0);
  });
});
