import { type ContenderName, PINO } from "../contenders/all.ts";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import { casesOf } from "./cases.ts";

const CONTENDERS: readonly ContenderName[] = ["nothing", "floor", "mlog", ...PINO, "JSON"];

export async function bursts({ quick, rounds = quick ? 3 : 7, folder }: Options): Promise<Target[]> {
  const targets: Target[] = [];
  for (const metrics of [4, 20]) {
    printHeading(
      `bursts, ${metrics} metrics: ns per call on the calling thread`,
      `Bursts of 64 calls with 8 ms of idle event loop between. Each value is the median burst of a process (a burst with a
write in it counts as what it took); p75 shows the slower quarter.`,
    );
    const count = quick ? 100 : 300;
    const found = await interleave(casesOf(CONTENDERS, { mode: "bursts", metrics, count, folder }), rounds);
    printTable(
      ["ns", "p75", "x floor", "x mlog", "lost"],
      CONTENDERS.map((name) => ({
        name,
        cells: [
          found.of(name, "ns"),
          found.of(name, "p75"),
          found.ratio(name, "floor", "ns"),
          found.ratio(name, "mlog", "ns"),
          found.of(name, "lost"),
        ],
      })),
    );
    targets.push(
      { what: `burst ${metrics}: mlog / floor`, values: found.ratio("mlog", "floor", "ns"), atMost: 1.25 },
      ...PINO.map((pino) => ({
        what: `burst ${metrics}: ${pino} / mlog`,
        values: found.ratio(pino, "mlog", "ns"),
        atLeast: 25,
      })),
      { what: `burst ${metrics}: records lost by mlog`, values: found.of("mlog", "lost"), atMost: 0 },
    );
  }
  return targets;
}
