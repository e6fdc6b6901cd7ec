import type { Case } from "../harness/measure.ts";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Method, Parameters } from "./measure-downsampling.ts";

const METHODS: readonly Method[] = ["sum", "downsample()", "getTimeseries({ points })", "npm downsample"];
const POINTS = 2_000;

export async function downsampling({ quick, rounds = quick ? 1 : 5 }: Options): Promise<Target[]> {
  const length = 10_000_000;
  printHeading(
    `a curve of ${length} points downsampled to ${POINTS}: ms`,
    `Against the sum of a Float64Array with the same values. "downsample()" works on arrays; "getTimeseries" reads an
InMemoryLogger that got the curve call by call, so it unpacks what it stored, too. Median of several times in a process.`,
  );
  const found = await interleave(
    METHODS.map((method): Case => ({
      name: method,
      program: new URL("./measure-downsampling.ts", import.meta.url),
      parameters: {
        method,
        length,
        points: POINTS,
        times: method === "npm downsample" ? 3 : 9,
      } satisfies Parameters,
    })),
    rounds,
  );
  printTable(
    ["ms", "first time", "x sum", "result"],
    METHODS.map((method) => ({
      name: method,
      cells: [
        found.of(method, "ms"),
        found.of(method, "first"),
        found.ratio(method, "sum", "ms"),
        found.of(method, "result").slice(0, 1),
      ],
    })),
  );
  return [
    { what: "downsample() / sum", values: found.ratio("downsample()", "sum", "ms"), atMost: 2 },
    {
      what: "getTimeseries({ points }) / sum",
      values: found.ratio("getTimeseries({ points })", "sum", "ms"),
      atMost: 2,
    },
  ];
}
