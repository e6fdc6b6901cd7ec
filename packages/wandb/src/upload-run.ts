import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { MlogError } from "@mlog/core";
import { findApiKey } from "./api-key.ts";
import { HttpConnection } from "./client/connection.ts";
import { TIMING, type Timing } from "./client/timing.ts";
import { userAgent } from "./client/user-agent.ts";
import { MediaCalls } from "./records/media-calls.ts";
import { RecordLoop } from "./records/record-loop.ts";
import { RecordMaker } from "./records/record-maker.ts";
import { StepLosses } from "./records/step-losses.ts";
import { openRunFolder, type RunFile, type RunFolder } from "./run-folder.ts";
import { freshStart, type RunSettings, type RunStart } from "./run-settings.ts";
import { settingsOfFile } from "./settings-of-file.ts";
import { RunSender } from "./sender/run-sender.ts";
import { startRun } from "./sender/start-run.ts";
import { appUrlOf, runUrl } from "./settings.ts";

/** How {@link uploadRun} sends. */
export interface UploadRunOptions {
  /** Default: `WANDB_API_KEY`, else from `~/.netrc`. */
  readonly apiKey?: string;
  /** Default: that of the run, else `WANDB_BASE_URL`, else `https://api.wandb.ai`. */
  readonly baseUrl?: string;
  readonly entity?: string;
  readonly project?: string;
  readonly signal?: AbortSignal;
  /**
   * Send a run that was sent before, or that seems to be logged by a process that still runs. Artifacts of a run that
   * was sent are not in its folder any more. Default: false.
   */
  readonly force?: boolean;
  /** Told of what is lost or could not be sent, and why. Without it, the first of these rejects at the end. */
  onError?(error: Error): void;
  /** Rows that have arrived so far. */
  onProgress?(rows: number): void;
  /** As in `WandBLoggerOptions`. */
  readonly timing?: Partial<Timing>;
}

/** What {@link uploadRun} did. */
export interface UploadedRun {
  readonly runId: string;
  /** The page of the run. */
  readonly url: string;
  /** Everything has arrived. Otherwise `onError` was told what has not. */
  readonly complete: boolean;
  /** It had arrived before, and nothing was sent. */
  readonly alreadySent: boolean;
}

/**
 * Sends the run in a folder: one that was logged offline, whose process was killed, whose server refused or did
 * not answer, or that Python's client wrote. What the server has already is not sent again.
 *
 * Rejects with `WANDB_FOLDER_INVALID`, `WANDB_RUN_ACTIVE`, `WANDB_NO_API_KEY`, or a code of the connection.
 */
export async function uploadRun(path: string, options: UploadRunOptions = {}): Promise<UploadedRun> {
  const folder = openRunFolder(resolve(path));
  const file = folder.readRun() ?? { version: 1, settings: settingsOfFile(folder.wandbFile, process.env) };
  if (!options.force && file.pid !== undefined && existsSync(folder.capture) && isRunning(file.pid)) {
    throw new MlogError(
      "WANDB_RUN_ACTIVE",
      `process ${file.pid} seems to log this run still: end it first, or force the upload if it is another process`,
    );
  }
  const settings: RunSettings = {
    ...file.settings,
    ...(options.baseUrl !== undefined && addressOf(options.baseUrl)),
    ...(options.entity !== undefined && { entity: options.entity }),
    ...(options.project !== undefined && { project: options.project }),
    timing: { ...TIMING, ...options.timing },
  };
  const urlOf = (entity: string, project: string): string =>
    runUrl(settings.appUrl, entity, project, settings.runId);
  if (existsSync(folder.synced) && !options.force) {
    const { entity, project } = file.start ?? freshStart(settings);
    return { runId: settings.runId, url: urlOf(entity, project), complete: true, alreadySent: true };
  }
  const connection = new HttpConnection({
    baseUrl: settings.baseUrl,
    apiKey: findApiKey(options.apiKey, settings.baseUrl, process.env),
    userAgent,
    timing: settings.timing,
    attempts: 20,
  });
  const signal = options.signal ?? new AbortController().signal;
  const started = await startRun(connection, settings, { saved: file.start, isLate: true }, signal);
  folder.writeRun({ version: 1, settings: file.settings, start: started.start });
  const errors: Error[] = [];
  const report = options.onError ?? ((error: Error) => void errors.push(error));
  const losses = await completeRecords(folder, file, started.start, report);
  const sender = new RunSender({
    connection,
    settings,
    folder,
    started,
    isLive: false,
    signal,
    onSent: (rows) => options.onProgress?.(rows),
    onArtifact: () => undefined,
    report,
  });
  const { complete, failed } = await sender.run();
  if (complete && failed === 0) folder.markSent();
  const isComplete = complete && failed === 0 && losses === 0;
  const [first] = errors;
  if (!isComplete && first !== undefined) throw first;
  const { entity, project } = started.start;
  return { runId: settings.runId, url: urlOf(entity, project), complete: isComplete, alreadySent: false };
}

/**
 * Makes the `.wandb` file of a run that was not closed anew from its capture, the open row included. Returns how many
 * calls are lost.
 */
async function completeRecords(
  folder: RunFolder,
  { settings, start }: RunFile,
  found: RunStart,
  report: (error: Error) => void,
): Promise<number> {
  if (!existsSync(folder.capture)) return 0;
  let lost = 0;
  const media = new MediaCalls({
    folder,
    isLive: false,
    onMade: () => undefined,
    onLost(error) {
      lost++;
      report(error);
    },
    onNotice: report,
  });
  const losses = new StepLosses(report, () => undefined);
  const isResumed = settings.resume !== undefined;
  const maker = new RecordMaker({
    folder,
    settings,
    start: isResumed ? (start ?? found) : freshStart(settings),
    made: (record) => media.take(record),
    onRow: () => undefined,
    onPastStep: (step, current) => losses.add(step, current),
    report,
  });
  await new RecordLoop({
    capture: folder.capture,
    maker,
    poll: undefined,
    onWritten: () => undefined,
    report,
  }).run();
  losses.end();
  rmSync(folder.capture);
  rmSync(folder.made, { force: true });
  return lost;
}

/** Another server than that of the run has other pages, too. */
function addressOf(url: string): Pick<RunSettings, "baseUrl" | "appUrl"> {
  const baseUrl = url.replace(/\/+$/, "");
  return { baseUrl, appUrl: process.env["WANDB_APP_URL"] || appUrlOf(baseUrl) };
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}
