import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-histogram.ts";

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

export async function histogram({ quick, rounds = quick ? 1 : 5 }: Options): Promise<Target[]> {
  printHeading(
    "histogram: what `logHistogram` takes on the calling thread",
    "Of float32 values, 64 bins. Values are read in place, counted, and not copied.",
  );
  const program = new URL("measure-histogram.ts", import.meta.url);
  const cases = SIZES.map((values) => ({
    name: `${values} values`,
    program,
    parameters: { values, calls: quick ? 40 : 200 } as Parameters,
  }));
  const found = await interleave(cases, rounds);
  printTable(
    ["us per call", "ns per value"],
    cases.map(({ name, parameters }) => {
      const micros = found.of(name, "us");
      return { name, cells: [micros, micros.map((value) => (value * 1e3) / parameters.values)] };
    }),
  );
  return [];
}
