import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import { quantile } from "../harness/statistics.ts";
import { casesOf } from "./cases.ts";

const CONTENDERS = ["nothing", "floor", "mlog", "pino sync", "pino worker", "JSON"] as const;

export async function steps({ quick, rounds = quick ? 3 : 9, folder }: Options): Promise<Target[]> {
  const count = quick ? 2_000 : 5_000;
  const targets: Target[] = [];
  for (const metrics of quick ? [4] : [4, 20]) {
    printHeading(
      `steps of 1 ms, ${metrics} metrics: us per call`,
      `${count} steps with one call each; the thread then blocks until the step is over and gives the event loop a turn.
Quantiles are over the calls of a process, the values are their medians over the rounds. "CPU" is that of all threads
for a whole step, in us.`,
    );
    const found = await interleave(casesOf(CONTENDERS, { mode: "steps", metrics, count, folder }), rounds);
    printTable(
      ["p50", "p99", "p99.9", "max", "p99.9 x pino worker", "CPU", "lost"],
      CONTENDERS.map((name) => ({
        name,
        cells: [
          found.of(name, "p50"),
          found.of(name, "p99"),
          found.of(name, "p999"),
          found.of(name, "max"),
          found.ratio(name, "pino worker", "p999"),
          found.of(name, "cpu"),
          found.of(name, "lost"),
        ],
      })),
    );
    // Tails vary from run to run: the medians are compared, not the runs one by one.
    targets.push({
      what: `steps ${metrics}: p99.9 of mlog / pino worker`,
      values: [quantile(found.of("mlog", "p999"), 0.5) / quantile(found.of("pino worker", "p999"), 0.5)],
      atMost: 0.75,
    });
  }
  return targets;
}
