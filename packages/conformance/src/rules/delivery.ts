import type { DestinationDelivery } from "@mlog/core";
import { check, failureOf } from "../check.ts";
import { missingFrom } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";

export const delivery: readonly Rule[] = [
  {
    group: "delivery",
    name: "answers delivery() at any time",
    async check({ open, settings }) {
      const bench = await open({ starting: true });
      logSome(bench, settings.keeps);
      checkCounts(bench.destination.delivery?.());
      await bench.settle();
      checkCounts(bench.destination.delivery?.());
    },
  },
  {
    group: "delivery",
    name: "counts every call as delivered once it was closed",
    async check({ open, settings }) {
      const bench = await open();
      logSome(bench, settings.keeps);
      await bench.flush();
      const [, own] = await bench.close();
      const calls = bench.recorder.calls.filter(({ kind }) => kind !== "event");
      check(
        own!.delivered >= calls.length && own!.pending === 0 && own!.dropped === 0,
        `of ${calls.length} calls it says that ${own!.delivered} are delivered, ${own!.pending} pending and ${own!.dropped} dropped`,
      );
    },
  },
  {
    group: "delivery",
    name: "admits what it could not deliver",
    appliesTo: ({ keeps, sinks }) => sinks.includes("fails") && loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open({ sink: "fails" });
      const kinds = loggedKinds(settings.keeps);
      logSome(bench, kinds);
      let deliveries: readonly DestinationDelivery[] = [];
      const failure = await failureOf(async () => {
        deliveries = await bench.close();
      });
      const missing = missingFrom(await bench.read(), bench.recorder.records, kinds);
      check(
        missing.length === 0 || failure !== undefined || bench.hasConfessed(deliveries),
        `${missing.length} records are lost, and neither report(), flush(), close() nor delivery() says so`,
      );
    },
  },
];

function checkCounts(delivered: object | undefined): void {
  if (delivered === undefined) return;
  const { delivered: there, pending, dropped } = delivered as DestinationDelivery;
  const areCounts = [there, pending, dropped].every((count) => Number.isSafeInteger(count) && count >= 0);
  check(areCounts, `delivery() must give counts, not ${JSON.stringify(delivered)}`);
}
