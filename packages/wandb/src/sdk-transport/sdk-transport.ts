import { setTimeout as sleep } from "node:timers/promises";
import {
  type Delivery,
  type Metrics,
  MlogError,
  type PlainRecord,
  type Stamp,
  type Upload,
} from "@mlog/core";
import type { ExtendedJson } from "../extended-json.ts";
import type { WandBLoggerOptions } from "../options.ts";
import { type RunStart, freshStart } from "../run-settings.ts";
import type { RunTransport } from "../run-transport.ts";
import type { Settings } from "../settings.ts";
import type { FromSdkWorker, SdkRow } from "./protocol.ts";
import { refuseSettings, unsupported } from "./refuse.ts";
import { SdkThread } from "./sdk-thread.ts";
import { StepRows } from "./step-rows.ts";

/** What may wait for the SDK, in bytes as rows are weighed here: so much for a row, so much for each value. */
const WAITING_LIMIT = 32 * 2 ** 20;
const ROW_BYTES = 200;
const VALUE_BYTES = 40;
/** How often it is looked whether all rows have arrived, in ms. */
const LOOK = 20;

/** Metrics and config through `@wandb/sdk`; everything else is refused with `WANDB_SDK_UNSUPPORTED`. */
export class SdkTransport implements RunTransport {
  readonly path: undefined;
  readonly started: Promise<RunStart>;
  readonly #start = Promise.withResolvers<RunStart>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #settings: Settings;
  readonly #report: (error: Error) => void;
  readonly #thread: SdkThread;
  readonly #rows = new StepRows();
  readonly #reported = new Set<string>();
  readonly #config: Record<string, ExtendedJson> = {
    _wandb: { value: { t: { "13": process.platform } } },
  };
  #configCalls = 0;
  #hasBegun = false;
  #hasStarted = false;
  #hasEnded = false;
  #posted = 0;
  #refused = 0;
  #lostAtFlush = 0;

  /** @throws MlogError `WANDB_SDK_UNSUPPORTED`, `WANDB_SDK_MISSING` */
  constructor(settings: Settings, options: WandBLoggerOptions, report: (error: Error) => void) {
    refuseSettings(settings, options);
    this.#settings = settings;
    this.#report = report;
    this.started = this.#start.promise;
    this.started.catch(() => undefined);
    this.#thread = new SdkThread(settings, {
      hear: (message) => this.#hear(message),
      ended: (reason) => this.#end(reason),
    });
  }

  logMetrics({ names, values }: Metrics, { step }: Stamp): void {
    if (this.#rows.isPast(step)) {
      this.#refused++;
      return this.#reportOnce(
        "STEPS_DROPPED",
        `step ${step} is earlier than the latest, and W&B cannot take it`,
      );
    }
    const row: Record<string, number> = {};
    for (const [index, name] of names.entries()) {
      const value = values[index]!;
      if (Number.isFinite(value)) row[name] = value;
      else
        this.#reportOnce(
          "WANDB_SDK_NOT_FINITE",
          "NaN and infinities are left out: @wandb/sdk would send null",
        );
    }
    this.#post(this.#rows.add(step, row));
  }

  /** Config goes with the start of the run, which waits for the end of the first step. */
  logHyperparameters(values: PlainRecord): void {
    if (this.#hasBegun) return this.#refuse("config after the first step");
    for (const [key, value] of Object.entries(values)) this.#config[key] = { value };
    this.#configCalls++;
  }

  logValues(): void {
    this.#refuse("traces");
  }

  logHistogram(): void {
    this.#refuse("histograms");
  }

  logTable(): void {
    this.#refuse("tables");
  }

  logImages(): void {
    this.#refuse("pictures");
  }

  logOutput(): void {
    // `captureConsole` is refused at the start.
  }

  uploadFile(): Upload {
    const failing = Promise.reject(unsupported("files"));
    failing.catch(() => undefined);
    return { staged: failing, uploaded: failing };
  }

  /** Resolves when everything but the row of the current step has arrived; rejects if some of it has not. */
  async flush(): Promise<void> {
    const posted = this.#posted;
    while (!this.#hasEnded && this.#thread.arrived + this.#thread.lost < posted) await sleep(LOOK);
    this.#throwIfLost();
  }

  async finish(exitCode: number, signal: AbortSignal): Promise<void> {
    this.#post(this.#rows.close());
    this.#begin();
    this.#thread.hold();
    this.#thread.tell({ kind: "finish", exitCode });
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#ended.promise, aborted]);
    await (signal.aborted ? this.#thread.stop() : this.#thread.finished());
    this.#throwIfLost();
  }

  delivery(): Delivery {
    const { arrived, lost } = this.#thread;
    const delivered = arrived + (this.#hasStarted ? this.#configCalls : 0);
    const waiting =
      this.#posted - arrived - lost + this.#rows.calls + (this.#hasStarted ? 0 : this.#configCalls);
    // Nothing is left of what the SDK had when its thread ended.
    const pending = this.#hasEnded ? 0 : waiting;
    return { delivered, pending, dropped: this.#refused + lost + waiting - pending };
  }

  #post(row: SdkRow | undefined): void {
    if (row === undefined) return;
    this.#begin();
    const waiting = this.#posted - this.#thread.arrived - this.#thread.lost;
    const bytes = ROW_BYTES + VALUE_BYTES * Object.keys(row.values).length;
    if (this.#hasEnded || (waiting + 1) * bytes > WAITING_LIMIT) {
      this.#refused += row.calls;
      return this.#reportOnce(
        "RECORDS_DROPPED",
        "@wandb/sdk does not send fast enough, and the buffer is full",
      );
    }
    this.#posted += row.calls;
    this.#thread.tell({ kind: "row", row });
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#thread.tell({ kind: "config", config: stringifyFinite(this.#config) });
  }

  #hear(message: FromSdkWorker): void {
    switch (message.kind) {
      case "started":
        this.#hasStarted = true;
        this.#start.resolve({ ...freshStart(this.#settings.run), ...message });
        break;
      case "lost":
        this.#reportOnce(
          "WANDB_SDK_LOST",
          `@wandb/sdk lost ${message.calls} calls: the request was ${message.reason}`,
        );
        break;
      case "failed":
        this.#fail(message.reason);
        void this.#thread.stop();
        break;
      case "finished":
        this.#ended.resolve();
        break;
    }
  }

  #end(reason: string): void {
    this.#hasEnded = true;
    if (!this.#hasStarted) this.#fail(reason);
    this.#ended.resolve();
  }

  #fail(reason: string): void {
    const { apiKey } = this.#settings;
    const text = apiKey === undefined ? reason : reason.replaceAll(apiKey, "***");
    const error = new MlogError("WANDB_SDK_FAILED", `@wandb/sdk has failed: ${text.slice(0, 300)}`);
    this.#start.reject(error);
    if (!this.#reported.has(error.code)) this.#report(error);
    this.#reported.add(error.code);
  }

  #refuse(what: string): void {
    this.#refused++;
    const error = unsupported(what);
    if (!this.#reported.has(error.message)) this.#report(error);
    this.#reported.add(error.message);
  }

  #reportOnce(code: string, message: string): void {
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    this.#report(new MlogError(code, message));
  }

  #throwIfLost(): void {
    const { dropped } = this.delivery();
    const lost = dropped - this.#lostAtFlush;
    this.#lostAtFlush = dropped;
    if (lost > 0)
      throw new MlogError("RECORDS_DROPPED", `${lost} calls have not reached W&B through @wandb/sdk`);
  }
}

/** `@wandb/sdk` sends strict JSON only. */
function stringifyFinite(value: ExtendedJson): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? Number(each) : each));
}
