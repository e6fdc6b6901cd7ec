import { check, failureOf } from "../check.ts";
import { checkHeld, missingFrom } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const flush: readonly Rule[] = [
  {
    group: "flush",
    name: "resolves flush() only when everything logged before can be read",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open();
      const comparison = { kinds: loggedKinds(settings.keeps) } as const;
      for (let round = 0; round < 3; round++) {
        logSome(bench, settings.keeps);
        // Two at once, as two callers may: both must be true.
        await Promise.all([bench.flush(), bench.flush()]);
        checkHeld(await bench.read(), bench.recorder.records, comparison);
      }
    },
  },
  {
    group: "flush",
    name: "rejects flush() when something logged before is not safe",
    appliesTo: ({ keeps, sinks }) => sinks.includes("fails") && loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open({ sink: "fails" });
      const kinds = loggedKinds(settings.keeps);
      logSome(bench, kinds);
      const failure = await failureOf(() => bench.flush());
      if (failure !== undefined) return;
      const missing = missingFrom(await bench.read(), bench.recorder.records, kinds);
      const waitsAt = bench.destination.delivery?.().resumeFrom;
      check(
        missing.length === 0 || waitsAt !== undefined,
        `flush() resolved, and ${missing.length} records are neither readable nor waiting at a resumeFrom`,
      );
    },
  },
];
