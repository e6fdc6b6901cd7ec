import { type DestinationDelivery, Logger, type LoggerDestination, State } from "@mlog/core";
import { failureOf, within } from "./check.ts";
import type { Settings } from "./options.ts";
import { Recorder } from "./recorder.ts";
import type { HeldRecord, Sink, Subject, SubjectFactory } from "./subject.ts";
import { type Observed, watch } from "./watch.ts";

/** How a {@link Bench} is set up. */
export interface BenchOptions {
  readonly sink?: Sink;
  /** Return before the destination has started. */
  readonly starting?: boolean;
  /** Note what is logged. Default: true; a test of memory would see its own notes. */
  readonly record?: boolean;
  /** Destinations beside the one under test, the first one before it, the others behind it. */
  readonly others?: readonly LoggerDestination[];
}

/** When a run of a test begins: far from what a clock of the machine says, so that nobody can take that instead. */
const START = Date.UTC(2031, 4, 6, 7, 8, 9);
const TICK = 1000;

/** A destination at work: its logger, what was logged, and what went wrong. */
export class Bench {
  readonly subject: Subject;
  readonly state: State;
  readonly logger: Logger;
  readonly recorder: Recorder = new Recorder();
  readonly observed: Observed;
  readonly reports: Error[] = [];
  readonly #settings: Settings;

  constructor(subject: Subject, settings: Settings, options: BenchOptions) {
    this.subject = subject;
    this.#settings = settings;
    let now = START;
    this.state = new State({
      runName: "conformance",
      ranks: { rank: 0, localRank: 0, nodeRank: 0, worldSize: 1, localWorldSize: 1 },
      now: () => (now += TICK),
    });
    const [watched, observed] = watch(subject.destination);
    this.observed = observed;
    const recorders = options.record === false ? [] : [this.recorder];
    this.logger = new Logger(this.state, [...recorders, watched, ...(options.others ?? [])], {
      onError: (error) => this.reports.push(error),
    });
  }

  get destination(): LoggerDestination {
    return this.subject.destination;
  }

  flush(): Promise<void> {
    return within(this.#settings.deadline, "flush()", this.logger.flush());
  }

  close(timeout: number = this.#settings.deadline): Promise<readonly DestinationDelivery[]> {
    // A logger ends by itself at its timeout: the margin is for the machine.
    return within(2 * timeout + this.#settings.deadline, "close()", this.logger.close({ timeout }));
  }

  /** Does all that makes what was logged readable. */
  async settle(): Promise<void> {
    await this.flush();
    await this.close();
  }

  async read(): Promise<readonly HeldRecord[]> {
    return within(this.#settings.deadline, "read() of the subject", this.subject.read());
  }

  /** Whether the destination or its logger has said that something is not where it belongs. */
  hasConfessed(deliveries: readonly DestinationDelivery[] = []): boolean {
    const own = deliveries.find(({ destination }) => destination === this.destination.name);
    return this.reports.length > 0 || (own !== undefined && own.pending + own.dropped > 0);
  }

  async dispose(): Promise<void> {
    await failureOf(() => this.logger.close({ timeout: 0 }));
    await this.subject.dispose?.();
  }
}

/** Makes a destination and hands it to a logger. */
export async function openBench(
  factory: SubjectFactory,
  settings: Settings,
  options: BenchOptions = {},
): Promise<Bench> {
  const subject = await factory(options.sink ?? "works");
  const bench = new Bench(subject, settings, options);
  if (options.starting !== true) {
    await failureOf(() => within(settings.deadline, "init()", bench.logger.ready));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bench;
}
