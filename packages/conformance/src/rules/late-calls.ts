import type { LoggerDestination, Stamp } from "@mlog/core";
import { check, failureOf, within } from "../check.ts";
import { missingFrom } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

type Log = (this: LoggerDestination, record: unknown, stamp: Stamp) => unknown;

export const lateCalls: readonly Rule[] = [
  {
    group: "lateCalls",
    // A tensor that was still being read, or a start that took longer than the close, come late.
    name: "bears calls after it was closed",
    async check({ open, settings }) {
      const bench = await open();
      const { destination, recorder, state } = bench;
      const kinds = loggedKinds(settings.keeps);
      logSome(bench, settings.keeps);
      await bench.settle();
      for (const { verb, given } of recorder.calls) {
        const log = destination[verb] as Log | undefined;
        const stamp = { step: 1000, time: state.now(), timestamp: state.timestamp };
        const failure = await failureOf(() => log?.call(destination, given, stamp));
        check(failure === undefined, `${verb} after close() threw ${String(failure)}`);
      }
      await failureOf(() => within(settings.deadline, "flush() after close()", destination.flush?.()));
      const missing = missingFrom(await bench.read(), recorder.records, kinds);
      check(missing.length === 0, `calls after close() destroyed ${missing.length} records`);
    },
  },
];
