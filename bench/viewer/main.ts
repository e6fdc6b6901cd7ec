/** The viewer over many runs, and over a long one, beside reading the logs again. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Case } from "../harness/measure.ts";
import { readOptions } from "../harness/options.ts";
import { printEnd, printHeading, printTable, printTargets } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import { writeRuns } from "./data.ts";
import { hasTensorBoard } from "./tensorboard.ts";

const { quick, rounds = 1, only, folder } = readOptions();
const isAsked = (part: string): boolean => only.length === 0 || only.includes(part);
const program = (name: string): URL => new URL(`./measure-${name}.ts`, import.meta.url);

if (isAsked("runs")) {
  const scale = quick ? { runs: 20, metrics: 20, steps: 5000 } : { runs: 200, metrics: 20, steps: 100_000 };
  const runs = join(folder, "runs");
  writeRuns(runs, scale.runs, scale.metrics, scale.steps);
  const parameters = { folder: runs, cacheFolder: join(folder, "cache"), overlaid: 20, ...scale };
  const cases: Case[] = [
    { name: "first start", program: program("viewer"), parameters: { ...parameters, isFirst: true } },
    { name: "viewer", program: program("viewer"), parameters: { ...parameters, isFirst: false } },
    { name: "re-reading", program: program("reread"), parameters: { folder: runs, only: 3, overlaid: 20 } },
  ];
  if (hasTensorBoard())
    cases.push({
      name: "TensorBoard, 3 runs",
      program: program("tensorboard"),
      parameters: { ...scale, folder: join(folder, "events"), runs: 3 },
    });
  const found = await interleave(cases, rounds);
  printHeading(
    "runs",
    `${scale.runs} runs, ${scale.metrics} metrics, ${scale.steps} steps each; ms, but for "appended", the bytes that an append of one line had the whole process read, and "peak", the resident set in MiB. Re-reading is measured on 3 runs and multiplied. TensorBoard, where it is installed, has event files of 3 such runs.`,
  );
  const columns = ["list", "again", "chart", "page", "appended", "peak"];
  printTable(
    columns,
    cases.map(({ name }) => ({ name, cells: columns.map((column) => found.of(name, column)) })),
  );
  printTargets([
    { what: "list of runs, warm start, ms", values: found.of("viewer", "list"), atMost: 1000 },
    { what: "chart of 20 runs, ms", values: found.of("viewer", "chart"), atMost: 1000 },
    { what: "peak memory of the first start, MiB", values: found.of("first start", "peak"), atMost: 512 },
    { what: "peak memory, MiB", values: found.of("viewer", "peak"), atMost: 512 },
    // The line, and what the page is told of the run.
    {
      what: "read for an append, KiB",
      values: found.of("viewer", "appended").map((bytes) => bytes / 1024),
      atMost: 1024,
    },
  ]);
}

if (isAsked("pan")) {
  const points = quick ? 500_000 : 10_000_000;
  const runs = join(folder, "long");
  mkdirSync(runs);
  writeRuns(runs, 1, 1, points);
  const cases: Case[] = [
    {
      name: "viewer",
      program: program("pan"),
      parameters: { folder: runs, cacheFolder: join(folder, "cache"), points },
    },
  ];
  const found = await interleave(cases, rounds);
  printHeading(
    "pan",
    `One metric of ${points} points; ms for a random part of it at a random zoom, and frames per second while the page moves it.`,
  );
  printTable(
    ["p50", "p95", "frames/s"],
    cases.map(({ name }) => ({
      name,
      cells: ["p50", "p95", "frames"].map((figure) => found.of(name, figure)),
    })),
  );
  printTargets([{ what: "frames a second while moving", values: found.of("viewer", "frames"), atLeast: 30 }]);
}

printEnd();
