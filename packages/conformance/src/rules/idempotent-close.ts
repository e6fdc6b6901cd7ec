import { isDeepStrictEqual } from "node:util";
import { check, failureOf, within } from "../check.ts";
import { logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const idempotentClose: readonly Rule[] = [
  {
    group: "idempotentClose",
    name: "may be closed again, and nothing changes",
    async check({ open, settings }) {
      const bench = await open();
      const { destination } = bench;
      logSome(bench, settings.keeps);
      await bench.settle();
      const before = await bench.read();
      const again = async (): Promise<void> => {
        await destination.close?.({});
        await destination.postClose?.(new AbortController().signal);
      };
      const failure = await failureOf(() => within(settings.deadline, "a second close()", again()));
      check(failure === undefined, `a second close() failed: ${String(failure)}`);
      check(isDeepStrictEqual(await bench.read(), before), "a second close() changed what is held");
    },
  },
];
