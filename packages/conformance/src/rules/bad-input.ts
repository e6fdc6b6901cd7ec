import { type DestinationDelivery } from "@mlog/core";
import type { Bench } from "../bench.ts";
import { check, failureOf } from "../check.ts";
import { missingFrom } from "../compare.ts";
import type { Rule } from "../rule.ts";
import type { Kind } from "../subject.ts";

/** What is allowed, and what few think of. */
const oddCalls: readonly [what: string, kind: Kind, log: (bench: Bench) => void][] = [
  ["NaN", "metric", ({ logger }) => logger.logMetrics({ odd: NaN })],
  ["Infinity", "metric", ({ logger }) => logger.logMetrics({ odd: Infinity })],
  ["-Infinity", "metric", ({ logger }) => logger.logMetrics({ odd: -Infinity })],
  ["the smallest number", "metric", ({ logger }) => logger.logMetrics({ odd: 5e-324 })],
  ["the largest number", "metric", ({ logger }) => logger.logMetrics({ odd: Number.MAX_VALUE })],
  ["a huge step", "metric", ({ logger }) => logger.logMetrics({ odd: 1 }, { step: Number.MAX_SAFE_INTEGER })],
  ["a step before the last one", "metric", ({ logger }) => logger.logMetrics({ odd: 2 }, { step: 0 })],
  ["no metrics", "metric", ({ logger }) => logger.logMetrics({})],
  ["no hyperparameters", "hyperparameter", ({ logger }) => logger.logHyperparameters({})],
  [
    "nothing as values",
    "hyperparameter",
    ({ logger }) => logger.logHyperparameters({ text: "", list: [], object: {}, nothing: null, no: false }),
  ],
  ["a table without rows", "table", ({ logger }) => logger.logTable(["a"], [], { name: "no rows" })],
  ["a table without columns", "table", ({ logger }) => logger.logTable([], [[]], { name: "no columns" })],
  [
    "two columns of one name",
    "table",
    ({ logger }) => logger.logTable(["a", "a"], [[1, 2]], { name: "twice" }),
  ],
  [
    "cells of several kinds",
    "table",
    ({ logger }) =>
      logger.logTable(["a"], [[1], ["one"], [null], [[1, 2]], [{ b: true }]], { name: "mixed" }),
  ],
  ["long text", "trace", ({ logger }) => logger.logTraces({ odd: "x".repeat(100_000) })],
  ["line breaks", "trace", ({ logger }) => logger.logTraces({ odd: "a\r\nb\n" })],
  ["deep nesting", "trace", ({ logger }) => logger.logTraces({ deep: nested(60) })],
  ["no values at all", "histogram", ({ logger }) => logger.logHistogram("none", [NaN, Infinity])],
  [
    "a picture of one pixel",
    "image",
    ({ logger }) => logger.logImages({ data: new Uint8Array([7]), shape: [1, 1, 1] }, { name: "pixel" }),
  ],
];

export const badInput: readonly Rule[] = [
  {
    group: "badInput",
    name: "keeps odd values, or says that it cannot, and goes on",
    appliesTo: ({ keeps }) => oddCalls.some(([, kind]) => keeps.includes(kind)),
    async check({ open, settings }) {
      for (const [what, kind, log] of oddCalls) {
        if (!settings.keeps.includes(kind)) continue;
        const bench = await open();
        if (kind === "metric") bench.logger.logMetrics({ before: 1 }, { step: 5 });
        log(bench);
        bench.logger.logMetrics({ after: 1 }, { step: 6 });
        let deliveries: readonly DestinationDelivery[] = [];
        const failure = await failureOf(async () => {
          await bench.flush();
          deliveries = await bench.close();
        });
        const expected = bench.recorder.records;
        const missing = missingFrom(await bench.read(), expected, settings.keeps);
        check(
          missing.length === 0 || failure !== undefined || bench.hasConfessed(deliveries),
          `${what}: ${missing[0]} is not held, and neither report(), flush(), close() nor delivery() says so`,
        );
        const last = expected.filter(({ name }) => name === "after");
        const isLost = missingFrom(await bench.read(), last, settings.keeps).length > 0;
        check(!isLost || what === "a huge step", `after ${what} it keeps nothing any more`);
      }
    },
  },
];

function nested(depth: number): unknown {
  return depth === 0 ? "bottom" : { next: nested(depth - 1) };
}
