import { check, failureOf } from "../check.ts";
import { logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const noThrow: readonly Rule[] = [
  {
    group: "noThrow",
    name: "returns nothing from a call that logs, so that nobody waits",
    async check({ open, settings }) {
      const bench = await open();
      logSome(bench, settings.keeps);
      await bench.settle();
      const { returned } = bench.observed;
      check(returned.length === 0, `${returned[0]} returned something: it must return undefined`);
    },
  },
  {
    group: "noThrow",
    name: "throws nothing into the loop when its sink fails",
    appliesTo: ({ sinks }) => sinks.includes("fails"),
    async check({ open, settings }) {
      const bench = await open({ sink: "fails" });
      for (let round = 0; round < 3; round++) {
        logSome(bench, settings.keeps);
        await failureOf(() => bench.flush());
      }
      await failureOf(() => bench.close());
      const { thrown } = bench.observed;
      check(thrown.length === 0, `${thrown.length} calls threw: ${thrown[0]}`);
    },
  },
];
