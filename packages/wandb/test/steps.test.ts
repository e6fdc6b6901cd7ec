import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RowBuilder, type Row } from "../src/records/row-builder.ts";
import { openRun, openServer } from "./open-run.ts";

const calls = fc.array(
  fc.record({
    step: fc.nat(8),
    values: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.nat(99).map(String), { maxKeys: 3 }),
  }),
);

describe("the rule of steps", () => {
  test("is that of the model: rows rise, equal steps are merged, earlier ones are refused", () => {
    fc.assert(
      fc.property(calls, fc.nat(4), (all, first) => {
        const builder = new RowBuilder(first);
        const rows: Row[] = [];
        let refused = 0;
        for (const [time, { step, values }] of all.entries()) {
          if (builder.isPast(step)) {
            refused++;
            continue;
          }
          const items = Object.entries(values).map(([key, text]) => ({ key, value_json: text }));
          const closed = builder.add(step, time, items);
          if (closed !== undefined) rows.push(closed);
        }
        const last = builder.close();
        if (last !== undefined) rows.push(last);
        const expected = model(all, first);
        const plain = rows.map(({ step, items }) => [
          step,
          Object.fromEntries(items.map(({ key, value_json: text }) => [key, text])),
        ]);
        expect(plain).toEqual(expected.rows);
        expect(refused).toBe(expected.refused);
      }),
    );
  });

  test("holds on the way to the server; what it costs is counted, told once, and again with numbers at the end", async () => {
    const server = await openServer();
    const { logger, errors } = openRun(server);
    logger.logMetrics({ a: 1 }, { step: 5 });
    logger.logMetrics({ lost: 1 }, { step: 4 });
    logger.logMetrics({ b: 2 }, { step: 5 });
    logger.logMetrics({ lost: 2 }, { step: 2 });
    logger.logMetrics({ a: 3 }, { step: 6 });
    logger.logMetrics({ lost: 3 }, { step: 0 });
    const [delivery] = await logger.close();
    server.assertNoViolations();
    expect(server.run("run1").rows).toEqual([
      expect.objectContaining({ _step: 5, a: 1, b: 2 }),
      expect.objectContaining({ _step: 6, a: 3 }),
    ]);
    expect(errors).toEqual([
      { code: "STEPS_DROPPED", message: expect.stringContaining("step 4 ") as string },
      { code: "STEPS_DROPPED", message: expect.stringContaining("3 calls for the steps 0 to 4") as string },
    ]);
    expect(delivery).toMatchObject({ delivered: 3, pending: 0, dropped: 3 });
  });
});

/** The rule once more, over the whole of the calls. */
function model(
  all: readonly { readonly step: number; readonly values: Readonly<Record<string, string>> }[],
  first: number,
): { rows: unknown[]; refused: number } {
  let highest = first;
  const kept = all.filter(({ step }) => {
    if (step < highest) return false;
    highest = step;
    return true;
  });
  const steps = [...new Set(kept.map(({ step }) => step))];
  const rows = steps
    .map((step) => [
      step,
      Object.assign({}, ...kept.filter((call) => call.step === step).map(({ values }) => values)),
    ])
    .filter(([, values]) => Object.keys(values as object).length > 0);
  return { rows, refused: all.length - kept.length };
}
