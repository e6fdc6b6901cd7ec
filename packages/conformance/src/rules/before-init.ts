import { checkHeld } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const beforeInit: readonly Rule[] = [
  {
    group: "beforeInit",
    name: "keeps what is logged while it starts",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open({ starting: true });
      logSome(bench, settings.keeps);
      await bench.settle();
      const comparison = { kinds: loggedKinds(settings.keeps) };
      checkHeld(await bench.read(), bench.recorder.records, comparison);
    },
  },
];
