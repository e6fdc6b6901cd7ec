import { isDeepStrictEqual } from "node:util";
import { check } from "../check.ts";
import { checkHeld } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import { Recorder } from "../recorder.ts";
import type { Rule } from "../rule.ts";

/** Whoever listens to these decides how the process ends, and that is not a destination's to decide. */
const PROCESS_EVENTS = ["SIGINT", "SIGTERM", "SIGHUP", "uncaughtException", "unhandledRejection"] as const;

export const isolation: readonly Rule[] = [
  {
    group: "isolation",
    name: "changes nothing of what other destinations get",
    async check({ open, settings }) {
      const behind = new Recorder();
      const bench = await open({ others: [behind] });
      logSome(bench, settings.keeps);
      await bench.settle();
      check(
        isDeepStrictEqual(behind.records, bench.recorder.records),
        "a destination behind it got other records than one before it",
      );
    },
  },
  {
    group: "isolation",
    name: "shares nothing with another one of its kind",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const benches = [await open(), await open()];
      for (const bench of benches) logSome(bench, settings.keeps);
      for (const bench of benches) await bench.settle();
      const comparison = { kinds: loggedKinds(settings.keeps) } as const;
      for (const bench of benches) checkHeld(await bench.read(), bench.recorder.records, comparison);
    },
  },
  {
    group: "isolation",
    name: "leaves signals and uncaught errors to the application",
    async check({ open, settings }) {
      const listeners = (): Record<string, number> =>
        Object.fromEntries(PROCESS_EVENTS.map((event) => [event, process.listenerCount(event)]));
      const before = listeners();
      const bench = await open();
      logSome(bench, settings.keeps);
      await bench.flush();
      const during = listeners();
      check(
        isDeepStrictEqual(during, before),
        `it listens to events of the process: ${JSON.stringify(during)}, before it was there ${JSON.stringify(before)}`,
      );
    },
  },
];
