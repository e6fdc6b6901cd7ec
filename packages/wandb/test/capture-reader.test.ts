import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CaptureReader } from "../src/records/capture-reader.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Around what is read at once, and far more. */
const lengths = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: 32_700, max: 32_800 }), fc.nat(500_000)), {
  maxLength: 6,
});

test("the calls of a capture are read as they grow, however long their lines are and wherever they are cut", () => {
  fc.assert(
    fc.property(lengths, fc.array(fc.nat(1_000_000), { maxLength: 5 }), (all, cuts) => {
      const records = all.map((length, i) => ({ type: "output", text: String(i).padEnd(length, "é") }));
      const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
      const path = join(temporaryFolder(), "capture.jsonl");
      const reader = new CaptureReader(path);
      expect(reader.read()).toEqual([]);
      writeFileSync(path, "");
      const read: unknown[] = [];
      let start = 0;
      for (const end of ends) {
        appendFileSync(path, bytes.subarray(start, end));
        start = end;
        for (let some = reader.read(); some.length > 0; some = reader.read()) read.push(...some);
      }
      reader.close();
      expect(read).toEqual(records);
    }),
    { numRuns: 30 },
  );
});
