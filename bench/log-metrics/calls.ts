import type { Case } from "../harness/measure.ts";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { CallName, Parameters } from "./measure-call.ts";

const PROGRAM = new URL("./measure-call.ts", import.meta.url);
const CALLS: readonly CallName[] = [
  "Date.now()",
  "logMetrics, no destination",
  "nextBatch()",
  "nextBatch({ samples })",
  "nextBatch(), FileLogger",
];

export async function calls({ quick, rounds = quick ? 3 : 7, folder }: Options): Promise<Target[]> {
  printHeading(
    "calls that write nothing: ns per call",
    `Beside reading the clock. logMetrics gets 4 metrics in objects made beforehand, so that nothing but the call counts.
"loop": one call after the other. "burst": 64 calls with 8 ms of idle event loop between.`,
  );
  const cases = CALLS.map((call): Case => ({
    name: call,
    program: PROGRAM,
    parameters: { call, blocks: quick ? 100 : 300, folder } satisfies Parameters,
  }));
  const found = await interleave(cases, rounds);
  printTable(
    ["loop ns", "x Date.now()", "burst ns", "x Date.now()"],
    CALLS.map((name) => ({
      name,
      cells: [
        found.of(name, "loop"),
        found.ratio(name, "Date.now()", "loop"),
        found.of(name, "burst"),
        found.ratio(name, "Date.now()", "burst"),
      ],
    })),
  );
  const ratio = (name: CallName): number[] => found.ratio(name, "Date.now()", "loop");
  return [
    {
      what: "no destination: logMetrics / Date.now()",
      values: ratio("logMetrics, no destination"),
      atMost: 2,
    },
    { what: "nextBatch() / Date.now()", values: ratio("nextBatch()"), atMost: 4 },
    { what: "nextBatch() with FileLogger / Date.now()", values: ratio("nextBatch(), FileLogger"), atMost: 4 },
  ];
}
