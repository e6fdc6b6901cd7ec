import type { Case } from "../harness/measure.ts";
import { readOptions } from "../harness/options.ts";
import { printEnd, printHeading, printTable, printTargets } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-run.ts";

const { quick, rounds = quick ? 1 : 3, folder } = readOptions();
const calls = quick ? 200_000 : 1_000_000;
const metrics = 10;

const CASES: Readonly<Record<string, Pick<Parameters, "contender" | "yields">>> = {
  nothing: { contender: "nothing", yields: true },
  mlog: { contender: "mlog", yields: true },
  "mlog, loop never yields": { contender: "mlog", yields: false },
  JSON: { contender: "JSON", yields: true },
};
const names = Object.keys(CASES);

printHeading(
  `${calls} calls of ${metrics} metrics, as fast as the loop can`,
  `Until the log is closed; every line is then read back and compared with what was logged. "extra" is the highest
resident memory of the process less that before the first call, when the logger was ready and the heap had grown to what
building the objects needs (see "nothing"). "CPU" is that of all threads until closed.`,
);
const found = await interleave(
  names.map((name): Case => ({
    name,
    program: new URL("./measure-run.ts", import.meta.url),
    parameters: { ...CASES[name]!, metrics, calls, folder } satisfies Parameters,
  })),
  rounds,
);
printTable(
  ["loop ns", "closed ns", "CPU ns", "CPU x JSON", "extra MiB", "peak MiB", "lost", "disordered", "wrong"],
  names.map((name) => ({
    name,
    cells: [
      found.of(name, "loopNs"),
      found.of(name, "ns"),
      found.of(name, "cpuNs"),
      found.ratio(name, "JSON", "cpuNs"),
      ...["extraMiB", "peakMiB", "lost", "disordered", "wrong"].map((figure) => found.of(name, figure)),
    ],
  })),
);
printTargets(
  ["mlog", "mlog, loop never yields"].flatMap((name) => [
    { what: `${name}: calls lost`, values: found.of(name, "lost"), atMost: 0 },
    { what: `${name}: records out of order`, values: found.of(name, "disordered"), atMost: 0 },
    { what: `${name}: records with wrong content`, values: found.of(name, "wrong"), atMost: 0 },
    { what: `${name}: extra memory, MiB`, values: found.of(name, "extraMiB"), atMost: 32 },
    { what: `${name}: CPU / JSON`, values: found.ratio(name, "JSON", "cpuNs"), atMost: 1 },
  ]),
);
printEnd();
