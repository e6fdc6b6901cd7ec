import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-batch.ts";

const CONTENDERS = { loop: "conversion loop", sharp: "bare sharp", mlog: "mlog" } as const;

export async function batch({ quick, rounds = quick ? 2 : 5 }: Options): Promise<Target[]> {
  printHeading(
    "batch: 64 pictures of 3 x 256 x 256 float32, ms",
    `The loop converts to bytes on the calling thread and does nothing else; bare sharp encodes bytes that are ready; mlog is
\`logImages\` until all files are made. Call: until the call returns. Busy: CPU time of the calling thread until the
end, event loop included. CPU: of all threads. Delay: of the event loop meanwhile.`,
  );
  const program = new URL("measure-batch.ts", import.meta.url);
  const cases = Object.entries(CONTENDERS).map(([contender, name]) => ({
    name,
    program,
    parameters: { contender, batches: quick ? 5 : 15 } as Parameters,
  }));
  const found = await interleave(cases, rounds);
  const figures = ["call", "busy", "wall", "cpu", "delayP99", "delayMax"];
  printTable(
    ["call", "busy", "wall", "CPU", "delay p99", "delay max"],
    cases.map(({ name }) => ({ name, cells: figures.map((figure) => found.of(name, figure)) })),
  );
  const { loop, sharp, mlog } = CONTENDERS;
  const busy = found.of(mlog, "busy").map((value, round) => value / found.of(loop, "busy")[round]!);
  return [
    { what: "batch: calling thread busy, mlog / conversion loop", values: busy, atMost: 0.5 },
    { what: "batch: wall time, mlog / bare sharp", values: found.ratio(mlog, sharp, "wall"), atMost: 1.15 },
    { what: "batch: p99 delay, mlog / bare sharp", values: found.ratio(mlog, sharp, "delayP99"), atMost: 2 },
  ];
}
