import {
  type Delivery,
  type Histogram,
  type ImageBatch,
  type LoggerDestination,
  type Metrics,
  MlogError,
  type PlainRecord,
  type RunContext,
  type Stamp,
  type Table,
  type TransferOptions,
  type Upload,
  type UploadRequest,
  describe,
} from "@mlog/core";
import { downloadArtifact } from "./artifacts/download-artifact.ts";
import { findApiKey } from "./api-key.ts";
import { cleanName } from "./artifact-call.ts";
import { HttpConnection } from "./client/connection.ts";
import { TIMING } from "./client/timing.ts";
import { userAgent } from "./client/user-agent.ts";
import { watchLines } from "./console-lines.ts";
import { captionsOf } from "./media/captions.ts";
import { readOptions, type WandBLoggerOptions } from "./options.ts";
import { RunRecorder } from "./run-recorder.ts";
import type { RunStart } from "./run-settings.ts";
import type { RunTransport } from "./run-transport.ts";
import { SdkTransport } from "./sdk-transport/sdk-transport.ts";
import { noAddress, readAddress, readSettings, runUrl, type Settings } from "./settings.ts";

/** A run as W&B knows it. */
export interface WandBRun {
  readonly id: string;
  readonly entity: string;
  readonly project: string;
  readonly name: string;
  /** Its page. */
  readonly url: string;
}

/**
 * Sends a run to Weights & Biases, as Composer's logger of the same name does, without Python. Calls
 * return at once; another thread writes them down and sends them, whatever the calling thread does.
 */
export class WandBLogger implements LoggerDestination {
  readonly name = "wandb";
  readonly specVersion = 1;
  /** There only with `logArtifacts`: its presence says that this destination takes files. */
  readonly uploadFile?: (request: UploadRequest, stamp: Stamp) => Upload;
  // No private state can be printed, and so no key.
  readonly #options: WandBLoggerOptions;
  #settings: Settings | undefined;
  #recorder: RunTransport | undefined;
  #run: WandBRun | undefined;
  #context: RunContext | undefined;
  #restoreConsole: () => void = () => undefined;
  #exitCode = 0;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option */
  constructor(options: WandBLoggerOptions = {}) {
    this.#options = readOptions(options);
    if (options.logArtifacts) this.uploadFile = (request, stamp) => this.#uploadFile(request, stamp);
  }

  /** The run, once W&B has answered; undefined before, offline, disabled and on ranks that do not log. */
  get run(): WandBRun | undefined {
    return this.#run;
  }

  /** The folder of the run, as an absolute path; undefined where nothing is logged. */
  get path(): string | undefined {
    return this.#recorder?.path;
  }

  /**
   * Resolves with the run when W&B has answered; with undefined where it is not asked (offline, disabled,
   * another rank). Nobody needs to wait for it before logging.
   *
   * Rejects with a code of the table of errors if W&B refuses the run.
   */
  async started(): Promise<WandBRun | undefined> {
    if (this.#settings?.run.mode === "online") await this.#recorder?.started;
    return this.#run;
  }

  /**
   * Makes the folder of the run, and starts the thread that sends.
   *
   * @throws MlogRangeError `INVALID_ARGUMENT` for a value of the environment; MlogError `WANDB_NO_API_KEY`,
   * `INVALID_DESTINATION`, `WANDB_SDK_UNSUPPORTED`, `WANDB_SDK_MISSING`; what the file system throws
   */
  init(run: RunContext): void {
    if (this.#context !== undefined) {
      throw new MlogError(
        "INVALID_DESTINATION",
        "this WandBLogger has a logger already: make one for each logger",
      );
    }
    this.#context = run;
    const { ranks } = run.state;
    const { logArtifacts = false, rankZeroOnly = true, captureConsole = false } = this.#options;
    if (logArtifacts && rankZeroOnly && ranks.worldSize > 1) {
      run.report(
        new MlogError(
          "ARTIFACTS_OF_OTHER_RANKS",
          "only the files of rank 0 become artifacts: rankZeroOnly is set",
        ),
      );
    }
    this.#settings = readSettings(this.#options, process.env, run.state);
    if (this.#settings === undefined) return;
    const recorder = this.#open(this.#settings, (error) => run.report(error));
    this.#recorder = recorder;
    recorder.started.then(
      (start) => (this.#run = this.#describe(start)),
      () => undefined,
    );
    if (!captureConsole) return;
    const restores = (["stdout", "stderr"] as const).map((name) =>
      watchLines(process[name], (line) => recorder.logOutput(name, line, run.state.now())),
    );
    this.#restoreConsole = () => restores.forEach((restore) => restore());
  }

  logMetrics(metrics: Metrics, stamp: Stamp): void {
    this.#recorder?.logMetrics(metrics, stamp);
  }

  logHyperparameters(hyperparameters: PlainRecord, stamp: Stamp): void {
    this.#recorder?.logHyperparameters(hyperparameters, stamp);
  }

  logTable(table: Table, stamp: Stamp): void {
    this.#recorder?.logTable(table, stamp);
  }

  logImages(images: ImageBatch, stamp: Stamp): void {
    this.#recorder?.logImages(images, stamp, this.#captionsOf(images, stamp));
  }

  logHistogram(histogram: Histogram, stamp: Stamp): void {
    this.#recorder?.logHistogram(histogram, stamp);
  }

  /** Traces stand in the history, as nested values. (Composer's logger leaves them out.) */
  logTraces(traces: PlainRecord, stamp: Stamp): void {
    this.#recorder?.logValues(traces, stamp);
  }

  /**
   * Gets the one file of an artifact, `name` or `name:alias`; works on every rank. A name is cleaned as it is when a
   * file is uploaded.
   *
   * Rejects with `FILE_NOT_FOUND`, `WANDB_ARTIFACT_AMBIGUOUS`, `WANDB_NO_ADDRESS`, or a code of the connection.
   */
  async downloadFile(remoteFileName: string, path: string, options: TransferOptions): Promise<void> {
    const given = readAddress(this.#options, process.env);
    const entity = this.#run?.entity ?? given.entity;
    const project = this.#run?.project ?? given.project;
    if (entity === undefined || project === undefined) throw noAddress();
    const connection = new HttpConnection({
      baseUrl: given.baseUrl,
      apiKey: findApiKey(this.#options.apiKey, given.baseUrl, process.env),
      userAgent,
      timing: { ...TIMING, ...this.#options.timing },
    });
    const colon = remoteFileName.lastIndexOf(":");
    const name = cleanName(colon < 0 ? remoteFileName : remoteFileName.slice(0, colon));
    const alias = colon < 0 ? "latest" : remoteFileName.slice(colon + 1);
    await downloadArtifact(connection, { entity, project, name, alias }, path, options);
  }

  /** Resolves when everything logged before is on the disk, pictures too: `uploadRun` can send it whatever happens. */
  async flush(): Promise<void> {
    await this.#recorder?.flush();
  }

  /** Notes how the run ended; other destinations may still hand over files. */
  async close(reason: { readonly error?: unknown }): Promise<void> {
    this.#exitCode = reason.error === undefined ? 0 : 1;
    this.#restoreConsole();
  }

  /** Ends the run, and sends what is left, until everything has arrived or the time is up. */
  async postClose(signal: AbortSignal): Promise<void> {
    await this.#recorder?.finish(this.#exitCode, signal);
  }

  delivery(): Delivery {
    return this.#recorder?.delivery() ?? { delivered: 0, pending: 0, dropped: 0 };
  }

  #captionsOf(images: ImageBatch, { step }: Stamp): readonly string[] | undefined {
    const { caption } = this.#options;
    if (caption === undefined) return undefined;
    try {
      return captionsOf(images, step, caption);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : describe(cause);
      const message = `the pictures ${JSON.stringify(images.name)} have no captions, since the function for them failed: ${reason}`;
      this.#context?.report(new MlogError("WANDB_CAPTION_FAILED", message, { cause }));
      return undefined;
    }
  }

  #open(settings: Settings, report: (error: Error) => void): RunTransport {
    if (this.#options.transport === "sdk") return new SdkTransport(settings, this.#options, report);
    return new RunRecorder(settings, report);
  }

  #uploadFile(request: UploadRequest, stamp: Stamp): Upload {
    if (this.#recorder !== undefined) return this.#recorder.uploadFile(request, stamp);
    // Disabled, or another rank: there is nobody whom the file could reach.
    return { staged: Promise.resolve(), uploaded: Promise.resolve([]) };
  }

  #describe({ entity, project, displayName }: RunStart): WandBRun {
    const { runId, appUrl } = this.#settings!.run;
    return { id: runId, entity, project, name: displayName, url: runUrl(appUrl, entity, project, runId) };
  }
}
