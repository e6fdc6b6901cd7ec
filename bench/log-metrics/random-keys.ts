import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import { casesOf } from "./cases.ts";

const CONTENDERS = ["nothing", "mlog", "JSON", "pino sync"] as const;
const NAMES_IN_ALL = 1000;

export async function randomKeys({ quick, rounds = quick ? 3 : 7, folder }: Options): Promise<Target[]> {
  const workload = { metrics: 4, namesInAll: NAMES_IN_ALL, folder };
  const bursts = casesOf(CONTENDERS, { ...workload, mode: "bursts", count: quick ? 100 : 300 });
  const sustained = casesOf(CONTENDERS, { ...workload, mode: "sustained", count: quick ? 50_000 : 200_000 });
  printHeading(
    `random keys: ns per call, 4 names drawn at random from ${NAMES_IN_ALL}`,
    `Hardly any set of names comes twice, so nothing can be prepared. Building the object costs most here: see "nothing".
The columns are those of the tables above.`,
  );
  const inBursts = await interleave(bursts, rounds);
  const inLoop = await interleave(sustained, rounds);
  printTable(
    ["burst ns", "burst x JSON", "sustained ns", "sustained x JSON", "all CPU", "main CPU", "lost"],
    CONTENDERS.map((name) => ({
      name,
      cells: [
        inBursts.of(name, "ns"),
        inBursts.ratio(name, "JSON", "ns"),
        inLoop.of(name, "ns"),
        inLoop.ratio(name, "JSON", "ns"),
        inLoop.of(name, "cpuNs"),
        inLoop.of(name, "threadCpuNs"),
        inLoop.of(name, "lost"),
      ],
    })),
  );
  return [
    { what: "random keys, burst: mlog / JSON", values: inBursts.ratio("mlog", "JSON", "ns"), atMost: 1 },
    { what: "random keys, sustained: mlog / JSON", values: inLoop.ratio("mlog", "JSON", "ns"), atMost: 1 },
    { what: "random keys: records lost by mlog", values: inLoop.of("mlog", "lost"), atMost: 0 },
  ];
}
