import { rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { isMlogError } from "@mlog/core";
import { HttpConnection } from "./client/connection.ts";
import { PATIENCE } from "./client/retry.ts";
import { userAgent } from "./client/user-agent.ts";
import { StepLosses } from "./records/step-losses.ts";
import { MediaCalls } from "./records/media-calls.ts";
import { RecordLoop } from "./records/record-loop.ts";
import { RecordMaker } from "./records/record-maker.ts";
import { SentCalls } from "./records/sent-calls.ts";
import { RunFolder } from "./run-folder.ts";
import { freshStart, type RunStart } from "./run-settings.ts";
import { Outage } from "./sender/outage.ts";
import { RunSender } from "./sender/run-sender.ts";
import { startRun } from "./sender/start-run.ts";
import {
  DELIVERED,
  DROPPED,
  type FromWorker,
  MEDIA_DONE,
  type PlainError,
  type ToWorker,
  type WorkerStart,
} from "./worker-protocol.ts";

/*
 * One thread per run: it turns the calls into records of the `.wandb` file, and sends those. What the loop
 * of the application does, or does not let happen, makes no difference here.
 */

const port = parentPort!;
const { folder: path, settings, apiKey, counters } = workerData as WorkerStart;
const folder = new RunFolder(path, settings.runId);
const shared = new Int32Array(counters);
const calls = new SentCalls();
const end = new AbortController();
const { signal } = end;
const mediaKib = new Map<number, number>();
let keptCalls = 0;
let sender: RunSender | undefined;
let loop: RecordLoop | undefined;

function say(message: FromWorker): void {
  port.postMessage(message);
}

function report(error: Error): void {
  say({ kind: "report", error: plain(error) });
}

function plain(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  return { code: isMlogError(error) ? error.code : "WANDB_FAILED", message };
}

const losses = new StepLosses(report, () => Atomics.add(shared, DROPPED, 1));
const media = new MediaCalls({
  folder,
  isLive: true,
  onMade(id) {
    Atomics.add(shared, MEDIA_DONE, mediaKib.get(id) ?? 0);
    mediaKib.delete(id);
    say({ kind: "made" });
  },
  onLost(error) {
    Atomics.add(shared, DROPPED, 1);
    report(error);
  },
  onNotice: report,
});

const closed = new Promise<void>((resolve) => {
  port.on("message", (message: ToWorker) => {
    if (message.kind === "media") {
      mediaKib.set(message.id, message.kib);
      media.give(message.id, message.step, message.media);
    } else resolve();
    loop?.wake();
  });
});

/** Turns calls into records, from what `start` says on, until the run ends. */
async function makeRecords(start: RunStart): Promise<void> {
  const maker = new RecordMaker({
    folder,
    settings,
    start,
    made(record) {
      maker.write();
      return media.take(record);
    },
    onRow: (count) => calls.row(count),
    onPastStep: (step, current) => losses.add(step, current),
    report,
  });
  loop = new RecordLoop({
    capture: folder.capture,
    maker,
    poll: settings.timing.poll,
    onWritten() {
      if (apiKey === undefined) Atomics.store(shared, DELIVERED, maker.calls);
      sender?.wake();
    },
    report,
  });
  await loop.run();
  keptCalls = maker.calls;
  losses.end();
  // Everything is in the records now. The calling thread has the capture open until it says otherwise.
  await closed;
  rmSync(folder.capture, { force: true });
  rmSync(folder.made, { force: true });
}

/** Makes the run known and sends its records. Returns whether all has arrived. */
async function send(key: string, onStart: (start: RunStart) => void): Promise<boolean> {
  const outage = new Outage(folder.path, report);
  const connection = new HttpConnection({
    baseUrl: settings.baseUrl,
    apiKey: key,
    userAgent,
    timing: settings.timing,
    attempts: PATIENCE,
    onRetry: (error, attempt) => outage.retry(error, attempt),
  });
  const started = await startRun(connection, settings, { saved: undefined, isLate: false }, signal);
  folder.writeRun({ version: 1, settings, start: started.start, pid: process.pid });
  say({ kind: "started", start: started.start });
  onStart(started.start);
  sender = new RunSender({
    connection,
    settings,
    folder,
    started,
    isLive: true,
    signal,
    onSent(rows) {
      outage.end();
      Atomics.store(shared, DELIVERED, calls.sent(rows));
    },
    onArtifact: (clientId, error) =>
      say({ kind: "artifact", clientId, error: error === undefined ? undefined : plain(error) }),
    report,
  });
  const { complete, failed } = await sender.run();
  return complete && failed === 0;
}

async function runOnline(key: string): Promise<boolean> {
  // A resumed run goes on where the server says: until that is known, calls wait in the capture.
  const isResumed = settings.resume !== undefined;
  const known = Promise.withResolvers<RunStart>();
  known.promise.catch(() => undefined);
  const begin = isResumed ? known.promise : Promise.resolve(freshStart(settings));
  const made = begin.then(makeRecords);
  try {
    const arrived = await send(key, (start) => known.resolve(start));
    await made;
    if (arrived) folder.markSent();
    return arrived;
  } catch (error) {
    known.reject(error);
    say({ kind: "refused", error: plain(error) });
    // The records are still made: they are what is sent later.
    await made.catch(() => closed);
    return false;
  }
}

const complete =
  apiKey === undefined ? await makeRecords(freshStart(settings)).then(() => true) : await runOnline(apiKey);
if (complete) Atomics.store(shared, DELIVERED, keptCalls);
say({ kind: "closed", complete });
// What still is under way, after a refusal, is for nobody.
end.abort();
port.close();
