import { type ContenderName, PINO } from "../contenders/all.ts";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import { casesOf } from "./cases.ts";

const CONTENDERS: readonly ContenderName[] = ["nothing", "floor", "mlog", ...PINO, "JSON"];
const LEAST_RATIO = { 4: 10, 20: 6 };

export async function sustained({ quick, rounds = quick ? 3 : 7, folder }: Options): Promise<Target[]> {
  const targets: Target[] = [];
  for (const metrics of [4, 20] as const) {
    const count = quick ? 100_000 : 400_000;
    printHeading(
      `sustained, ${metrics} metrics: ns per call until the file is complete`,
      `${count} calls as fast as the loop can (it yields every 256 calls), then close. "ns" ends when the file has all its
bytes, "loop" with the last call, "synced" when the disk has them too (FileLogger syncs when it closes, for the others
the benchmark does). "all CPU" is that of all threads of the process until then, "main CPU" that of the calling thread.`,
    );
    const found = await interleave(
      casesOf(CONTENDERS, { mode: "sustained", metrics, count, folder }),
      rounds,
    );
    printTable(
      ["ns", "loop", "synced", "all CPU", "main CPU", "x mlog", "CPU x mlog", "synced x mlog", "lost"],
      CONTENDERS.map((name) => ({
        name,
        cells: [
          found.of(name, "ns"),
          found.of(name, "loopNs"),
          found.of(name, "syncedNs"),
          found.of(name, "cpuNs"),
          found.of(name, "threadCpuNs"),
          found.ratio(name, "mlog", "ns"),
          found.ratio(name, "mlog", "cpuNs"),
          found.ratio(name, "mlog", "syncedNs"),
          found.of(name, "lost"),
        ],
      })),
    );
    const least = LEAST_RATIO[metrics];
    for (const pino of PINO) {
      targets.push(
        {
          what: `sustained ${metrics}: ${pino} / mlog`,
          values: found.ratio(pino, "mlog", "ns"),
          atLeast: least,
        },
        { what: `CPU ${metrics}: ${pino} / mlog`, values: found.ratio(pino, "mlog", "cpuNs"), atLeast: 5 },
      );
    }
    targets.push({
      what: `sustained ${metrics}: records lost by mlog`,
      values: found.of("mlog", "lost"),
      atMost: 0,
    });
  }
  return targets;
}
