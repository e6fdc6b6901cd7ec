import { join } from "node:path";
import type { Logger } from "@mlog/core";
import type { WandbServer } from "@mlog/test-servers/wandb";
import type { WandBLoggerOptions } from "../../src/index.ts";
import { openRun } from "../open-run.ts";

const HEIGHT = 6;
const WIDTH = 8;

/** What a model is in the shared run. */
export const MODEL = "weights of a model";

/** (H,W,3): pixels that every client takes as they are. */
export function ramp(add: number): number[][][] {
  return grid((at) => [0, 1, 2].map((channel) => (at * 3 + channel + add) % 256));
}

function mask(add: number): number[][] {
  return grid((at) => (at + add) % 3);
}

function grid<Value>(valueOf: (at: number) => Value): Value[][] {
  return Array.from({ length: HEIGHT }, (_, y) =>
    Array.from({ length: WIDTH }, (__, x) => valueOf(y * WIDTH + x)),
  );
}

/** The first part of the shared run, as this package logs it: shared-run.py is its twin. Resolves with its folder. */
export async function logFirst(
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  folder: string,
  options: WandBLoggerOptions = {},
): Promise<string> {
  const { logger, wandb } = openRun(server, {
    project: "parity",
    id: "shared",
    name: "a run",
    group: "a group",
    jobType: "train",
    tags: ["b", "a"],
    notes: "some notes",
    logArtifacts: true,
    ...options,
  });
  logger.logHyperparameters({
    lr: 0.1,
    steps: 2n ** 60n,
    flag: true,
    nothing: null,
    name: "Zürich",
    nan: NaN,
    inf: Infinity,
    list: [1, NaN, { deep: -Infinity }],
    empty: {},
    "-trimmed-": 1,
    optimizer: { name: "adam", betas: [0.9, 0.999], amsgrad: { on: false } },
  });
  logger.logTraces({ trace: { a: { b: 1 }, c: [1, "x", null] } });
  // Merged leaf by leaf.
  logger.logTraces({ trace: { a: { d: 2 }, c: [2] } });
  logger.logMetrics({ "loss/train": 1, nan: NaN, inf: Infinity, ninf: -Infinity, ok: true }, { step: 0 });
  logger.logMetrics({ "loss/train": 0.5, acc: 1e-7, count: 2 ** 53 }, { step: 1 });
  // Of one step, in two calls: one row.
  logger.logMetrics({ acc: 0.25, "a.b": 3 }, { step: 1 });
  // Of an earlier one: dropped.
  logger.logMetrics({ late: 1 }, { step: 0 });
  const rows = [
    ["x", 1.5, [1, 2], true, null],
    ["ä", NaN, [3], false, null],
    [null, Infinity, [], null, null],
  ];
  logger.logTable(["text", "number", "list", "flag", "nothing"], rows, { name: "Table", step: 1 });
  logger.logTable(["a"], [[1]], { name: "odd ü/n%me!", step: 1 });
  const labels = { channelsLast: true, maskClassLabels: { 0: "background", 1: "cat", 2: "dog" }, step: 4 };
  // The first call of its step.
  logger.logImages([0, 50, 100].map(ramp), {
    ...labels,
    name: "Images",
    masks: { truth: [0, 50, 100].map(mask) },
    useTable: false,
  });
  logger.logImages([ramp(0)], {
    name: "Unnamed",
    masks: { truth: [mask(0)] },
    channelsLast: true,
    step: 4,
    useTable: false,
  });
  logger.logImages([0, 7].map(ramp), { ...labels, name: "eval/Images", masks: { truth: [0, 7].map(mask) } });
  logger.logHistogram("weights", [0, 1, 1.2, 1.6, 1.8, 2], { bins: 4, step: 6 });
  await logger.uploadFile("models/ep0.pt", join(folder, "ep0.pt")).staged;
  logger.logMetrics({ "loss/train": 0.125 }, { step: 7 });
  await logger.close();
  return wandb.path!;
}

/** The second part: the run is resumed, and fails. `meanwhile` is called once it is resumed. */
export async function logSecond(
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  meanwhile: (logger: Logger) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { logger, wandb } = openRun(server, { project: "parity", id: "shared", resume: "must" });
  await wandb.started();
  await meanwhile(logger);
  logger.logHyperparameters({ more: [1, { deep: "value" }] });
  logger.logMetrics({ "loss/train": 0.0625, only: 5 }, { step: 9 });
  await logger.close({ error: new Error("the run fails") });
}
