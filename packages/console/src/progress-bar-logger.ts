import type { WriteStream } from "node:tty";
import type { Event, LoggerDestination, Metrics, RunContext, Stamp, State } from "@mlog/core";
import { type BarContent, barLine, barLines } from "./bar-text.ts";
import { LiveArea } from "./live-area.ts";
import {
  checkOptions,
  isCount,
  isNames,
  isStream,
  type ProgressBarLoggerOptions,
  toStream,
} from "./options.ts";
import { Progress } from "./progress.ts";
import { writeLine } from "./write-line.ts";

/** The least time between two drawings, in milliseconds. */
const DRAW_EVERY = 100;

/** Metrics that are shown unless the caller chooses. */
const SHOWN = 3;

const CHECKS = { stream: isStream, metrics: isNames, batchesPerEpoch: isCount, lineInterval: isCount };

/** Everything that a logger has while it shows something. */
interface Parts {
  readonly state: Readonly<State>;
  readonly progress: Progress;
  /** Missing where there is no terminal. */
  readonly area: LiveArea | undefined;
}

/**
 * Shows how far the epoch and the whole training are, how fast it goes and what is left, with the latest metrics:
 * as a bar at the bottom of a terminal, which leaves other output whole, or as a line now and then where there is
 * none. Shows on the first process of each machine only.
 */
export class ProgressBarLogger implements LoggerDestination {
  readonly name = "progress-bar";
  readonly specVersion = 1;
  readonly #stream: NodeJS.WritableStream;
  readonly #chosen: readonly string[] | undefined;
  readonly #batchesPerEpoch: number | undefined;
  readonly #interval: number;
  readonly #metrics: Map<string, number> = new Map();
  #parts: Parts | undefined;
  #shownAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isEvaluating = false;
  #batchesOfEpoch = 0;
  readonly #finish = (): void => this.#end();

  /** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option */
  constructor(options: ProgressBarLoggerOptions = {}) {
    checkOptions("ProgressBarLogger", options, CHECKS);
    const { stream, metrics, batchesPerEpoch, lineInterval = 10_000 } = options;
    this.#stream = toStream(stream);
    this.#chosen = metrics && [...metrics];
    this.#batchesPerEpoch = batchesPerEpoch;
    this.#interval = isTerminal(this.#stream) ? DRAW_EVERY : lineInterval;
  }

  init({ state }: RunContext): void {
    if (state.ranks.localRank !== 0) return;
    const stream = this.#stream;
    const area = isTerminal(stream)
      ? new LiveArea(stream, [process.stdout, process.stderr], () => this.#showLater())
      : undefined;
    this.#parts = { state, progress: new Progress(state, this.#batchesPerEpoch), area };
    if (area === undefined) this.#shownAt = performance.now();
    process.once("exit", this.#finish);
  }

  logMetrics({ names, values }: Metrics): void {
    if (this.#parts === undefined) return;
    for (let i = 0; i < names.length; i++) {
      if (this.#isShown(names[i]!)) this.#metrics.set(names[i]!, values[i]!);
    }
    this.#showSoon();
  }

  onEvent(event: Event, { timestamp }: Stamp): void {
    if (this.#parts === undefined) return;
    if (event === "batchEnd") this.#batchesOfEpoch = timestamp.batchInEpoch;
    else if (event === "evalStart") this.#isEvaluating = true;
    else if (event === "evalEnd") this.#isEvaluating = false;
    else if (event === "epochEnd") {
      this.#parts.progress.endEpoch(this.#batchesOfEpoch);
      if (this.#parts.area === undefined) return this.#show();
    }
    this.#showSoon();
  }

  async close(): Promise<void> {
    this.#end();
  }

  #isShown(name: string): boolean {
    if (this.#chosen !== undefined) return this.#chosen.includes(name);
    return this.#metrics.size < SHOWN || this.#metrics.has(name);
  }

  /** Now, if the last time is long enough ago: a loop that never yields starves timers. */
  #showSoon(): void {
    if (performance.now() - this.#shownAt >= this.#interval) this.#show();
    else this.#showLater();
  }

  #showLater(): void {
    if (this.#parts?.area === undefined) return;
    this.#timer ??= setTimeout(() => this.#show(), this.#interval).unref();
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#parts === undefined) return;
    const { state, progress, area } = this.#parts;
    this.#shownAt = performance.now();
    const content: BarContent = {
      state,
      progress: progress.look(this.#shownAt),
      metrics: this.#metrics,
      isEvaluating: this.#isEvaluating,
    };
    if (area === undefined) writeLine(this.#stream, barLine(content));
    else area.draw(barLines(content, area.columns));
  }

  #end(): void {
    process.off("exit", this.#finish);
    const area = this.#parts?.area;
    if (this.#parts === undefined) return;
    this.#show();
    this.#parts = undefined;
    area?.close();
  }
}

function isTerminal(stream: NodeJS.WritableStream): stream is WriteStream {
  return (stream as Partial<WriteStream>).isTTY === true;
}
