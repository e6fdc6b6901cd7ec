import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoggedRecord } from "../src/index.ts";
import { openRun, readAll } from "./open-run.ts";
import { expectValid } from "./schema.ts";

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
/** JSON has one zero. */
const value = fc.double().map((number) => number + 0);
/** What JSON can say; how the rest is encoded is documented, and tested beside. */
const json = fc.jsonValue({ maxDepth: 3 }).map((data) => JSON.parse(JSON.stringify(data)) as unknown);

type Call =
  | { readonly type: "metrics"; readonly metrics: Record<string, number>; readonly step: number | undefined }
  | { readonly type: "hyperparameters" | "traces"; readonly values: Record<string, unknown> }
  | { readonly type: "table"; readonly name: string; readonly columns: string[]; readonly rows: unknown[][] }
  | { readonly type: "batch"; readonly samples: number }
  | { readonly type: "epoch" };

const table = fc.integer({ min: 1, max: 3 }).chain((width) =>
  fc.record({
    type: fc.constant("table" as const),
    name,
    columns: fc.array(name, { minLength: width, maxLength: width }),
    rows: fc.array(fc.array(json, { minLength: width, maxLength: width }), { maxLength: 3 }),
  }),
);

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({
    type: fc.constant("metrics" as const),
    metrics: fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 }),
    step: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constantFrom("hyperparameters" as const, "traces" as const),
    values: fc.dictionary(name, json, { maxKeys: 3 }),
  }),
  table,
  fc.record({ type: fc.constant("batch" as const), samples: fc.nat({ max: 100 }) }),
  fc.record({ type: fc.constant("epoch" as const) }),
);

type Expected = Partial<LoggedRecord> & { readonly type: string };

describe("records that are written and read", () => {
  // The thread of a default log takes its time to start, so that there are few long logs of that kind.
  it.each([
    { durability: "record", maxLength: 12, numRuns: 40 },
    { durability: "default", maxLength: 100, numRuns: 5 },
  ] as const)("are equal, in the order of the calls, without a gap (durability $durability)", async (way) => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: way.maxLength, size: "max" }), async (calls) => {
        const root = mkdtempSync(join(tmpdir(), "mlog-file-"));
        try {
          const { logger, state, path, lines } = openRun(root, { durability: way.durability });
          const expected: Expected[] = [];
          const expectRecord = (fields: object, step?: number): void => {
            const { epoch, batch, sample, token } = state.timestamp;
            expected.push({
              ...fields,
              seq: expected.length + 1,
              step: step ?? batch,
              epoch,
              batch,
              sample,
              token,
            } as Expected);
          };
          for (const made of calls) {
            if (made.type === "metrics") {
              logger.logMetrics(made.metrics, made.step === undefined ? {} : { step: made.step });
              expectRecord({ type: "metrics", metrics: made.metrics }, made.step);
            } else if (made.type === "table") {
              logger.logTable(made.columns, made.rows, { name: made.name });
              expectRecord({ type: "table", name: made.name, columns: made.columns, rows: made.rows });
            } else if (made.type === "batch") {
              state.nextBatch({ samples: made.samples });
            } else if (made.type === "epoch") {
              state.nextEpoch();
              expectRecord({ type: "event", event: "epochEnd" });
            } else {
              if (made.type === "traces") logger.logTraces(made.values);
              else logger.logHyperparameters(made.values);
              expectRecord({ type: made.type, [made.type]: made.values });
            }
          }
          await logger.close();
          expectValid(lines());
          const records = await readAll(path);
          expect(records).toHaveLength(expected.length + 2);
          for (const [i, fields] of expected.entries()) {
            const record = records[i + 1] as unknown as Record<string, unknown>;
            const compared = Object.fromEntries(Object.keys(fields).map((key) => [key, record[key]]));
            expect(compared).toEqual(fields);
          }
        } finally {
          rmSync(root, { recursive: true });
        }
      }),
      { numRuns: way.numRuns },
    );
  });
});
