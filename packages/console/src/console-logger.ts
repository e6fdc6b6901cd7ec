import type {
  Event,
  LoggerDestination,
  Metrics,
  PlainRecord,
  RunContext,
  Stamp,
  State,
  Table,
  Time,
} from "@mlog/core";
import {
  checkOptions,
  type ConsoleLoggerOptions,
  isBoolean,
  isStream,
  toInterval,
  toStream,
} from "./options.ts";
import { positionText } from "./position-text.ts";
import { printable } from "./printable.ts";
import { numberText, tableText, valueText } from "./value-text.ts";
import { writeLine } from "./write-line.ts";

const CHECKS = {
  logInterval: (): void => undefined,
  stream: isStream,
  logTraces: isBoolean,
  quiet: isBoolean,
};

/**
 * Prints metrics every few batches or epochs, hyperparameters at the start and results after each evaluation, as
 * Composer's `ConsoleLogger` does. Prints on the first process of each machine only.
 */
export class ConsoleLogger implements LoggerDestination {
  readonly name = "console";
  readonly specVersion = 1;
  readonly #interval: Time;
  readonly #logTraces: boolean;
  readonly #quiet: boolean;
  readonly #stream: NodeJS.WritableStream;
  #state: Readonly<State> | undefined;
  /** Logged and not printed yet. */
  readonly #metrics: Map<string, number> = new Map();
  readonly #tables: Map<string, string> = new Map();
  #hyperparameters: Record<string, PlainRecord[string]> = {};
  #hasPrinted = false;
  #isEvaluating = false;

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` or `INVALID_TIME`, naming the option */
  constructor(options: ConsoleLoggerOptions = {}) {
    checkOptions("ConsoleLogger", options, CHECKS);
    const { logInterval = "1ba", stream, logTraces = false, quiet = isCi() } = options;
    this.#interval = toInterval(logInterval);
    this.#logTraces = logTraces;
    this.#quiet = quiet;
    this.#stream = toStream(stream);
  }

  init({ state }: RunContext): void {
    if (state.ranks.localRank === 0) this.#state = state;
  }

  logHyperparameters(hyperparameters: PlainRecord): void {
    Object.assign(this.#hyperparameters, hyperparameters);
  }

  logMetrics(metrics: Metrics): void {
    if (this.#state === undefined) return;
    const { names, values } = metrics;
    for (let i = 0; i < names.length; i++) this.#metrics.set(names[i]!, values[i]!);
  }

  logTable(table: Table): void {
    if (this.#state !== undefined) this.#tables.set(table.name, tableText(table));
  }

  logTraces(traces: PlainRecord): void {
    if (!this.#logTraces) return;
    for (const [name, value] of Object.entries(traces)) {
      this.#print(`[trace] ${printable(name)}: ${valueText(value)}`);
    }
  }

  onEvent(event: Event, { timestamp }: Stamp): void {
    switch (event) {
      case "fitStart":
      case "predictStart":
        return this.#printHyperparameters();
      case "evalStart":
        this.#printHyperparameters();
        this.#isEvaluating = true;
        // What training logged is none of the evaluation's results.
        return this.#forget();
      case "evalEnd":
        this.#isEvaluating = false;
        return this.#printAll("Eval ");
      case "batchEnd":
        return this.#printEvery("ba", timestamp.batch);
      case "epochEnd":
        return this.#printEvery("ep", timestamp.epoch);
      case "fitEnd":
        return this.#printRest();
      default:
    }
  }

  async close({ error }: { readonly error?: unknown }): Promise<void> {
    this.#printRest();
    if (error !== undefined) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : "an error";
      this.#print(`the run ended with ${printable(text)}`);
    }
  }

  #printEvery(unit: string, count: number): void {
    if (this.#quiet || this.#isEvaluating || unit !== this.#interval.unit) return;
    if (this.#hasPrinted && count % this.#interval.value !== 0) return;
    this.#hasPrinted = true;
    this.#printAll("Train ");
  }

  #printRest(): void {
    if (this.#metrics.size > 0 || this.#tables.size > 0) this.#printAll("Train ");
  }

  #printAll(prefix: string): void {
    if (this.#state === undefined) return;
    this.#printHyperparameters();
    let text = `${prefix}${positionText(this.#state)}`;
    for (const [name, value] of this.#metrics)
      text += `\n  ${prefix}${printable(name)}: ${numberText(value)}`;
    for (const [name, table] of this.#tables) text += `\n  ${prefix}${printable(name)}:\n${table}`;
    this.#forget();
    this.#print(text);
  }

  #printHyperparameters(): void {
    const entries = Object.entries(this.#hyperparameters);
    if (entries.length === 0) return;
    this.#hyperparameters = {};
    const lines = entries.map(([name, value]) => `  ${printable(name)}: ${valueText(value)}`);
    this.#print(`Hyperparameters\n${lines.join("\n")}`);
  }

  #forget(): void {
    this.#metrics.clear();
    this.#tables.clear();
  }

  #print(text: string): void {
    if (this.#state !== undefined) writeLine(this.#stream, text);
  }
}

function isCi(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== "" && CI !== "0" && CI.toLowerCase() !== "false";
}
