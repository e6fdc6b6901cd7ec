import { checkHeld } from "../compare.ts";
import type { Rule } from "../rule.ts";
import type { StampField } from "../subject.ts";

const RULES: readonly [name: string, fields: readonly StampField[]][] = [
  ["keeps the step of the call, given or not", ["step"]],
  ["keeps the time of the stamp, not of its own clock", ["time"]],
  ["keeps how far training was", ["epoch", "batch", "sample", "token"]],
];

export const stamps: readonly Rule[] = RULES.map(([name, fields]) => ({
  group: "stamps",
  name,
  appliesTo: ({ keeps, stamps: kept }) =>
    keeps.includes("metric") && fields.some((field) => kept.includes(field)),
  async check({ open, settings }) {
    const bench = await open();
    const { logger, state } = bench;
    for (let batch = 0; batch < 4; batch++) {
      logger.logMetrics({ [`loss-${batch}`]: batch });
      logger.logMetrics({ [`evaluation-${batch}`]: batch }, { step: 100 + 10 * batch });
      state.nextBatch({ samples: 32, tokens: 1000 });
      if (batch === 2) state.nextEpoch();
    }
    await bench.settle();
    const kept = fields.filter((field) => settings.stamps.includes(field));
    const comparison = { kinds: ["metric"], stamps: kept } as const;
    checkHeld(await bench.read(), bench.recorder.records, comparison);
  },
}));
