import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { STAMP_COLUMNS } from "../src/index.ts";
import type { Timeseries } from "../src/index.ts";
import { MAX_TABLES } from "../src/metric-store.ts";
import { actionsWith, run } from "./model.ts";
import type { Action, ModelPoint } from "./model.ts";

// Much work, which may take its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const names = ["loss/train", "loss/eval", "accuracy", "lr", "__proto__x", "a\0b", "é"];
const fewSets = fc.constantFrom(
  ["loss/train"],
  ["loss/train", "lr"],
  ["lr", "loss/train"],
  ["accuracy", "loss/eval", "loss/train"],
  names,
  Array.from({ length: 20 }, (_, i) => `layer/${i}`),
);

/** The first place where a series is not what the model says; a loop, since there are many numbers. */
function firstDifference(series: Timeseries, points: readonly ModelPoint[]): string | undefined {
  if (series.length !== points.length) return `${series.length} points instead of ${points.length}`;
  const differs = (
    name: string,
    column: Float64Array,
    expected: (point: ModelPoint) => number,
  ): string | undefined => {
    if (column.length !== points.length) return `${name} has length ${column.length}`;
    const at = points.findIndex((point, i) => !Object.is(column[i], expected(point)));
    return at < 0 ? undefined : `${name}[${at}] is ${column[at]} instead of ${expected(points[at]!)}`;
  };
  let found = differs("values", series.values, ({ value }) => value);
  for (const name of STAMP_COLUMNS) {
    found ??= differs(name, series.column(name), (point) => {
      return name === "step" || name === "time" ? point[name] : point.timestamp[name];
    });
  }
  return found;
}

function expectSame(actions: readonly Action[], maxPointsPerMetric = Infinity): void {
  const { memory, model } = run(actions, { maxPointsPerMetric });
  expect(memory.metricNames).toEqual([...model.keys()]);
  let evicted = 0;
  for (const [metric, all] of model) {
    const points = all.slice(-Math.min(all.length, maxPointsPerMetric));
    evicted += all.length - points.length;
    expect(firstDifference(memory.getTimeseries(metric), points)).toBeUndefined();
    expect(memory.latest(metric)).toEqual(all.at(-1));
  }
  expect(memory.evicted.points).toBe(evicted);
}

describe("what is read back equals an array of objects per metric", () => {
  test("for a few sets of names, any steps, any clock", () => {
    fc.assert(
      fc.property(actionsWith(fewSets, 6), (actions) => expectSame(actions)),
      { numRuns: 60 },
    );
  });

  test("when only the newest points of each metric are kept", () => {
    const limit = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 600 }));
    fc.assert(
      fc.property(actionsWith(fewSets, 6), limit, (actions, max) => expectSame(actions, max)),
      { numRuns: 60 },
    );
  });

  test("for more sets of names than there are tables", () => {
    const manySets = fc.uniqueArray(
      fc.integer({ min: 0, max: 11 }).map((i) => `m${i}`),
      { minLength: 1, maxLength: 6 },
    );
    const filler = Array.from({ length: MAX_TABLES - 2 }, (_, i): Action => {
      return { do: "log", names: [`m${i % 12}`, `filler/${i}`], step: undefined, values: [i] };
    });
    const limits = fc.constantFrom(1, 30, 300, Infinity);
    fc.assert(
      fc.property(actionsWith(manySets, 4), limits, (actions, max) =>
        expectSame([...filler, ...actions], max),
      ),
      { numRuns: 25 },
    );
  });

  test("in windows of steps and times", () => {
    const bound = fc.oneof(fc.constant(undefined), fc.nat(60), fc.constantFrom(-1, Infinity, 0.5));
    const time = fc.oneof(
      fc.constant(undefined),
      fc.nat(500).map((ms) => 1_700_000_000_000 + ms),
    );
    const window = fc.record({ fromStep: bound, toStep: bound, fromTime: time, toTime: time });
    fc.assert(
      fc.property(
        actionsWith(fewSets, 5),
        window,
        fc.constantFrom(50, Infinity),
        (actions, selection, max) => {
          const { memory, model } = run(actions, { maxPointsPerMetric: max });
          const {
            fromStep = -Infinity,
            toStep = Infinity,
            fromTime = -Infinity,
            toTime = Infinity,
          } = selection;
          for (const [metric, all] of model) {
            const expected = all
              .slice(-Math.min(all.length, max))
              .filter(
                ({ step, time: at }) => step >= fromStep && step <= toStep && at >= fromTime && at <= toTime,
              );
            expect(firstDifference(memory.getTimeseries(metric, selection), expected)).toBeUndefined();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("point by point, without columns", () => {
    fc.assert(
      fc.property(actionsWith(fewSets, 3), (actions) => {
        const { memory, model } = run(actions);
        for (const [metric, points] of model) {
          const seen = Array.from(memory.getTimeseries(metric), ({ value, step, time, timestamp }) => {
            return { value, step, time, timestamp };
          });
          expect(seen).toEqual(points);
        }
      }),
      { numRuns: 20 },
    );
  });
});
