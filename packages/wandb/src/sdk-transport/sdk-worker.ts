import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import wandb from "@wandb/sdk";
import { HandOver } from "./hand-over.ts";
import { ARRIVED, COUNTERS, type FromSdkWorker, LOST, type SdkStart, type ToSdkWorker } from "./protocol.ts";
import { watchStreamRequests } from "./watch-requests.ts";

type Run = Awaited<ReturnType<typeof wandb.init>>;

/** How often rows are handed over, in ms. */
const PACE = 100;

const port = parentPort!;
const start = workerData as SdkStart;
const counters = new Int32Array(start.counters, 0, COUNTERS);
let run: Run | undefined;
let pump: NodeJS.Timeout | undefined;
let lastFailure = "";
/** Whether a request failed since the run is being finished. */
let hasFailed = false;

const handOver = new HandOver(
  // A copy, which the SDK writes into.
  ({ step, values }) => run?.log({ ...values }, step),
  (arrived, lost) => {
    Atomics.add(counters, ARRIVED, arrived);
    Atomics.add(counters, LOST, lost);
    if (lost > 0) say({ kind: "lost", calls: lost, reason: lastFailure });
  },
);

watchStreamRequests(({ begun, status, reason }) => {
  const isTaken = status !== undefined && status >= 200 && status < 300;
  if (!isTaken) {
    lastFailure = reason;
    hasFailed = true;
  }
  handOver.answered(begun, isTaken);
});

port.on("message", (message: ToSdkWorker) => {
  switch (message.kind) {
    case "config":
      void begin(message.config);
      break;
    case "row":
      handOver.add(message.row);
      break;
    case "finish":
      void finish(message.exitCode);
      break;
  }
});

async function begin(config: string): Promise<void> {
  const { apiKey, baseUrl, entity, project, id, name } = start;
  try {
    run = await wandb.init({
      project,
      id,
      name,
      config: JSON.parse(config) as unknown,
      ...(entity !== undefined && { entity }),
      settings: { apiKey, baseUrl, offline: false, silent: true },
    });
  } catch (error) {
    return say({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
  say({ kind: "started", entity: run.entity, project: run.project, displayName: run.name ?? name });
  pump = setInterval(() => handOver.pump(performance.now()), PACE);
}

async function finish(exitCode: number): Promise<void> {
  while (run === undefined || !handOver.isDone) await sleep(PACE);
  hasFailed = false;
  await run.finish(exitCode);
  handOver.ended(!hasFailed);
  say({ kind: "finished" });
  clearInterval(pump);
  port.close();
}

function say(message: FromSdkWorker): void {
  port.postMessage(message);
}
