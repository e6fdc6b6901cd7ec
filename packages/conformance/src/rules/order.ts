import { checkHeld } from "../compare.ts";
import { loggedKinds, logOne } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const order: readonly Rule[] = [
  {
    group: "order",
    name: "keeps the order of the calls",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open();
      const kinds = loggedKinds(settings.keeps);
      for (let i = 0; i < 60; i++) {
        const kind = kinds[i % kinds.length]!;
        // A call differs from the others by its step where that is kept.
        logOne(
          bench,
          kind,
          `the same ${kind}`,
          kind === "metric" && settings.stamps.includes("step") ? 1 : i,
        );
        bench.state.nextBatch();
        // Now and then, a turn of the event loop for whatever works meanwhile.
        if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await bench.settle();
      const stamps = settings.stamps.filter((field) => field === "step" && settings.keeps.includes("metric"));
      const metrics = { kinds: ["metric"], stamps, order: settings.order } as const;
      const held = await bench.read();
      checkHeld(held, bench.recorder.records, metrics);
      checkHeld(held, bench.recorder.records, { kinds, order: settings.order });
    },
  },
];
