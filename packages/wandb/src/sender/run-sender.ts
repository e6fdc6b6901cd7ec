import { MlogError } from "@mlog/core";
import { codedFailure } from "../client/coded-failure.ts";
import type { HttpConnection } from "../client/connection.ts";
import { HttpFailure } from "../client/http-failure.ts";
import { FILE_STREAM } from "../client/retry.ts";
import type { RunFolder } from "../run-folder.ts";
import type { RunSettings } from "../run-settings.ts";
import { FINAL_FILES, addFinalFiles } from "../records/final-files.ts";
import { RunState } from "../records/run-state.ts";
import type { WandbRecord } from "../wandb-file/messages.ts";
import { Alarm } from "./alarm.ts";
import { ArtifactQueue } from "./artifact-queue.ts";
import { ConfigSender } from "./config-sender.ts";
import { rateLimitGap } from "./rate-limit.ts";
import { RecordSource } from "./record-source.ts";
import { OutputLines } from "./output-lines.ts";
import { historyLine } from "./record-text.ts";
import { RunFiles } from "./run-files.ts";
import type { Started } from "./start-run.ts";
import { LINE_BYTES, StreamBatch } from "./stream-batch.ts";

/** Files and artifacts that may wait; then no further record is read. */
const MAX_UPLOADS = 1000;

/** What a {@link RunSender} needs. */
export interface RunSenderOptions {
  readonly connection: HttpConnection;
  readonly settings: RunSettings;
  readonly folder: RunFolder;
  readonly started: Started;
  /** Whether records may still come. Otherwise the end of the file is the end of the run. */
  readonly isLive: boolean;
  readonly signal: AbortSignal;
  /** Rows that have arrived, counted from the first of this session. */
  onSent(rows: number): void;
  onArtifact(clientId: string, error: unknown): void;
  report(error: Error): void;
}

/** What {@link RunSender.run} came to. */
export interface SendResult {
  /** The server knows that the run has ended. */
  readonly complete: boolean;
  /** Files, artifacts and rows that could not be sent. */
  readonly failed: number;
}

/**
 * Sends the records of a `.wandb` file to W&B, in order and once, as fast as they may be sent. What waits
 * is on the disk: an outage costs no memory.
 */
export class RunSender {
  readonly #options: RunSenderOptions;
  readonly #source: RecordSource;
  readonly #state: RunState;
  readonly #batch: StreamBatch;
  readonly #files: RunFiles;
  readonly #artifacts: ArtifactQueue;
  readonly #config: ConfigSender;
  readonly #output = new OutputLines();
  readonly #alarm = new Alarm();
  readonly #path: string;
  /** Rows and lines of output that the server has from an earlier attempt, and that are still to be read. */
  #rowsToSkip: number;
  #outputToSkip: number;
  #sentRows: number;
  #step = 0;
  #exitCode: number | undefined;
  #failed = 0;
  #lastPost = -Infinity;
  #lastData = -Infinity;
  #notBefore = 0;
  #stopped = false;

  constructor(options: RunSenderOptions) {
    const { connection, settings, folder, started, signal } = options;
    const { start, sentRows, sentOutput } = started;
    this.#options = options;
    this.#source = new RecordSource(folder.wandbFile);
    this.#state = new RunState(start);
    this.#batch = new StreamBatch(start.historyOffset + sentRows, start.outputOffset + sentOutput);
    this.#rowsToSkip = this.#sentRows = sentRows;
    this.#outputToSkip = sentOutput;
    const segments = [start.entity, start.project, settings.runId].map(encodeURIComponent);
    this.#path = `/files/${segments.join("/")}/file_stream`;
    const common = { connection, runId: settings.runId, start, signal, onIdle: () => this.#alarm.ring() };
    this.#files = new RunFiles({
      ...common,
      folder: folder.files,
      onUploaded: (name) => this.#uploaded.push(name),
      onFailed: (name, error) => this.#fail(`the file ${JSON.stringify(name)}`, error),
    });
    this.#artifacts = new ArtifactQueue({
      ...common,
      folder: folder.path,
      onDone: (artifact, error) => {
        if (error !== undefined) this.#fail(`the artifact ${JSON.stringify(artifact.name)}`, error);
        options.onArtifact(artifact.client_id ?? "", error);
      },
    });
    this.#config = new ConfigSender({
      ...common,
      delay: settings.timing.configDelay,
      print: () => this.#state.printConfig(),
      onFailed: (error) => this.#fail("the config", error),
    });
  }

  /** Names that the next batch mentions; none is added to a batch that is under way. */
  readonly #uploaded: string[] = [];

  /** There may be new records. */
  wake(): void {
    this.#alarm.ring();
  }

  /**
   * Sends until the run has ended and everything has arrived, or the server refuses for good.
   *
   * @throws MlogError the refusal, or the reason of the signal
   */
  async run(): Promise<SendResult> {
    const stop = (): void => this.#alarm.ring();
    this.#options.signal.addEventListener("abort", stop);
    try {
      for (;;) {
        this.#options.signal.throwIfAborted();
        this.#pull();
        if (this.#isOver()) {
          await this.#pause();
          await this.#post({ exitCode: this.#exitCode! });
          return { complete: true, failed: this.#failed };
        }
        const wait = this.#waitFor(performance.now());
        if (wait <= 0) await this.#post(undefined);
        else await this.#alarm.sleep(wait);
      }
    } finally {
      this.#options.signal.removeEventListener("abort", stop);
      this.#config.stop();
      this.#source.close();
    }
  }

  /** Everything is read, and nothing but the last request is left. */
  #isOver(): boolean {
    if (this.#exitCode === undefined || this.#batch.isFull) return false;
    this.#config.flush();
    return this.#files.pending === 0 && this.#artifacts.pending === 0 && !this.#config.pending;
  }

  /** How long until the next request, in ms. */
  #waitFor(now: number): number {
    const { streamInterval, heartbeat, minGap } = this.#options.settings.timing;
    const earliest = Math.max(this.#lastPost + minGap, this.#notBefore) - now;
    if (this.#batch.isFull) return earliest;
    const due = this.#batch.isEmpty ? this.#lastPost + heartbeat : this.#lastData + streamInterval;
    // At the end, lines wait for files: both arrive with the last request.
    return Math.max(earliest, due - now);
  }

  async #pause(): Promise<void> {
    const { minGap } = this.#options.settings.timing;
    for (;;) {
      const wait = Math.max(this.#lastPost + minGap, this.#notBefore) - performance.now();
      if (wait <= 0) return;
      this.#options.signal.throwIfAborted();
      await this.#alarm.sleep(wait);
    }
  }

  /** Reads what fits into the next request. */
  #pull(): void {
    for (const name of this.#uploaded.splice(0)) this.#batch.addUploaded(name);
    while (!this.#batch.isFull && this.#exitCode === undefined) {
      if (this.#files.pending + this.#artifacts.pending > MAX_UPLOADS) return;
      let record: WandbRecord | undefined;
      try {
        record = this.#source.next();
      } catch (error) {
        // What stands before the damage is worth having, and nothing behind it can be read.
        this.#failed++;
        this.#options.report(error as Error);
        return this.#end(1);
      }
      if (record === undefined) {
        if (!this.#options.isLive) this.#end(1);
        return;
      }
      this.#take(record);
    }
  }

  #take(record: WandbRecord): void {
    const changed = this.#state.apply(record);
    if (changed === "config") this.#config.changed();
    if (changed === "summary") this.#batch.summaryChanged = true;
    if (record.history !== undefined) {
      this.#step = record.history.step?.num ?? this.#step;
      this.#takeRow(historyLine(record.history));
    }
    if (record.output_raw !== undefined) this.#takeOutput(this.#output.add(record.output_raw));
    for (const { path } of record.files?.files ?? []) if (path !== undefined) this.#files.add(path);
    if (record.artifact !== undefined) this.#artifacts.add(record.artifact);
    if (record.exit !== undefined) this.#end(record.exit.exit_code ?? 0);
  }

  /** Nothing more is read. */
  #end(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#takeOutput(this.#output.end());
    if (FINAL_FILES.every((name) => this.#files.knows(name))) return;
    try {
      addFinalFiles(this.#options.folder.files, this.#state);
      for (const name of FINAL_FILES) this.#files.add(name);
    } catch (error) {
      this.#fail("the config and the summary as files", error);
    }
  }

  #takeOutput(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#outputToSkip > 0) this.#outputToSkip--;
      else this.#batch.addOutput(line);
    }
  }

  #takeRow(line: string): void {
    if (Buffer.byteLength(line) > LINE_BYTES) {
      this.#fail(
        `the row of step ${this.#step}`,
        new MlogError("ROW_TOO_LARGE", `W&B takes rows of at most ${LINE_BYTES} bytes`),
      );
    } else if (this.#rowsToSkip > 0) this.#rowsToSkip--;
    else this.#batch.addRow(line);
  }

  async #post(end: { readonly exitCode: number } | undefined): Promise<void> {
    const { connection, started, signal, onSent, report } = this.#options;
    const hasData = !this.#batch.isEmpty;
    const body = this.#batch.print(this.#state, end);
    let answer: { readonly text: string; readonly headers: Headers };
    try {
      answer = await connection.post(this.#path, body, {
        policy: FILE_STREAM,
        gzip: started.takesGzip,
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      if (end === undefined) await this.#completeIfAllowed(error);
      throw codedFailure(error, "the stream of the run");
    }
    this.#lastPost = performance.now();
    if (hasData) this.#lastData = this.#lastPost;
    const rows = this.#batch.advance();
    this.#sentRows += rows;
    if (rows > 0) onSent(this.#sentRows);
    const { headers, text } = answer;
    this.#notBefore = this.#lastPost + rateLimitGap(headers);
    if (this.#stopped || !isStopped(text)) return;
    this.#stopped = true;
    report(
      new MlogError(
        "WANDB_STOPPED",
        "somebody pressed Stop on the page of the run; it goes on until it ends",
      ),
    );
  }

  /** Over the limit of metrics, the server still wants to know that the run has ended. */
  async #completeIfAllowed(error: unknown): Promise<void> {
    if (!(error instanceof HttpFailure) || error.serverCode !== "run_metric_limit_exceeded") return;
    const body = JSON.stringify({ complete: true, exitcode: this.#exitCode ?? 1 });
    const { connection, signal } = this.#options;
    const policy = { ...FILE_STREAM, attempts: 3 };
    await connection.post(this.#path, body, { policy, gzip: false, signal }).catch(() => undefined);
  }

  #fail(what: string, error: unknown): void {
    if (this.#options.signal.aborted) return;
    this.#failed++;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.report(
      new MlogError("WANDB_NOT_SENT", `${what} could not be sent to W&B: ${reason}`, { cause: error }),
    );
  }
}

function isStopped(text: string): boolean {
  try {
    return (JSON.parse(text) as { stopped?: unknown }).stopped === true;
  } catch {
    // The answer has nothing else that matters.
    return false;
  }
}
