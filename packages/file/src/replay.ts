import {
  type DestinationDelivery,
  type Event,
  Logger,
  type LoggerDestination,
  type LoggerOptions,
  MlogError,
  type State,
} from "@mlog/core";
import { readRun } from "./read-run.ts";
import type { HistogramRecord, ImageReference, ImagesRecord, LoggedRecord, RunRecord } from "./record.ts";
import { isImageCell, type RecordedPicture, RecordedPictures } from "./recorded-pictures.ts";
import { ReplayClock } from "./replay-clock.ts";

/** How {@link replay} goes. */
export interface ReplayOptions extends LoggerOptions {
  /** Under which name the run is logged again. Default: its own. */
  runName?: string;
  /** For closing the destinations of each rank, in milliseconds. Default: 30 000. */
  timeout?: number;
}

/** What {@link replay} did. */
export interface ReplayResult {
  /** Records that were logged again. */
  readonly replayed: number;
  /** Records that no call of a logger stands for: output of the process, gaps, pictures none of which has its file. */
  readonly skipped: number;
  /** Pictures whose file cannot be read; why is told to `onError`, with `"replay"` in place of a destination. */
  readonly missing: number;
  /** Lines that are no records. */
  readonly damaged: number;
  /** What became of the records, per rank and destination. */
  readonly deliveries: readonly (DestinationDelivery & { readonly rank: number })[];
}

/** The destinations of a rank; a function when there is more than one, since none serves two loggers. */
export type ReplayDestinations =
  | LoggerDestination
  | readonly LoggerDestination[]
  | ((rank: number, state: State) => LoggerDestination | readonly LoggerDestination[]);

interface Run {
  readonly clock: ReplayClock;
  readonly logger: Logger;
  readonly onError: LoggerOptions["onError"];
  /** With which the run ended. */
  error: unknown;
}

/**
 * Numbers that are logged between two flushes: records are read faster than destinations keep up
 * with, and what exceeds their buffers would be dropped.
 */
const VALUES_PER_FLUSH = 50_000;

/** Fired by the state when the clock moves on. */
const FIRED_BY_STATE: readonly Event[] = ["batchEnd", "epochEnd", "iterationEnd"];

/**
 * Logs a recorded run again, with its steps, times, timestamps and ranks, one logger per rank, and
 * closes them. Resolves when all of it is where it belongs.
 *
 * @param source a log or run folder; or records as {@link readRun} gives them, in the order `"seq"`, but then without
 * pictures
 * @throws MlogError `LOG_NOT_FOUND`, `FORMAT_TOO_NEW`, `NO_START` for records without the start of their session,
 * `DESTINATIONS_REQUIRED`; what a destination's `init` throws; MlogAggregateError `NOT_SAFE` when a destination failed
 */
export async function replay(
  source: string | URL | AsyncIterable<RunRecord>,
  destinations: ReplayDestinations,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const runs = new Map<number, Run>();
  const counts = { replayed: 0, skipped: 0, damaged: 0 };
  const path = typeof source === "string" || source instanceof URL ? source : undefined;
  const records = path === undefined ? (source as AsyncIterable<RunRecord>) : readRun(path, { order: "seq" });
  const pictures = new RecordedPictures(path, (error) => options.onError?.(error as Error, "replay"));
  try {
    let values = 0;
    for await (const record of records) {
      if (record.type === "damaged") {
        counts.damaged++;
        continue;
      }
      const run = runs.get(record.rank) ?? (await begin(record, runs, destinations, options));
      run.clock.moveTo(record);
      if (await logAgain(run, record, pictures)) counts.replayed++;
      else counts.skipped++;
      if ((values += weigh(record)) < VALUES_PER_FLUSH) continue;
      values = 0;
      await run.logger.flush();
    }
  } catch (error) {
    await Promise.allSettled([...runs.values()].map(({ logger }) => logger.close({ error })));
    throw error;
  }
  const { timeout } = options;
  const deliveries = [];
  for (const [rank, { logger, error }] of runs) {
    const closed = await logger.close({ error, ...(timeout === undefined ? {} : { timeout }) });
    deliveries.push(...closed.map((delivery) => ({ rank, ...delivery })));
  }
  return { ...counts, missing: pictures.missing, deliveries };
}

async function begin(
  record: LoggedRecord,
  runs: Map<number, Run>,
  destinations: ReplayDestinations,
  options: ReplayOptions,
): Promise<Run> {
  if (record.type !== "start") {
    throw new MlogError(
      "NO_START",
      `the records of rank ${record.rank} begin with seq ${record.seq}, before any start record, so their run is not known`,
    );
  }
  if (runs.size > 0 && typeof destinations !== "function") {
    throw new MlogError(
      "DESTINATIONS_REQUIRED",
      "the run has more than one rank, and no destination serves two loggers: give a function that makes the destinations of a rank",
    );
  }
  const clock = new ReplayClock(record, options.runName);
  const made = typeof destinations === "function" ? destinations(record.rank, clock.state) : destinations;
  const run: Run = {
    clock,
    logger: new Logger(clock.state, made, options),
    onError: options.onError,
    error: undefined,
  };
  runs.set(record.rank, run);
  await run.logger.ready;
  return run;
}

/** @returns whether a call of the logger stands for the record */
async function logAgain(run: Run, record: LoggedRecord, pictures: RecordedPictures): Promise<boolean> {
  const { logger } = run;
  switch (record.type) {
    case "metrics":
      logger.logMetrics(record.metrics, { step: record.step });
      return true;
    case "hyperparameters":
      logger.logHyperparameters(record.hyperparameters);
      return true;
    case "traces":
      logger.logTraces(record.traces);
      return true;
    case "table":
      logger.logTable(record.columns, await pictures.rows(record.rows), {
        name: record.name,
        step: record.step,
      });
      return true;
    case "images":
      return logImagesAgain(logger, record, pictures);
    case "histogram":
      logHistogramAgain(run, record);
      return true;
    case "event":
      if (!FIRED_BY_STATE.includes(record.event)) {
        logger.runEvent(record.event as Exclude<Event, "batchEnd" | "epochEnd" | "iterationEnd">);
      }
      return true;
    case "start":
      run.error = undefined;
      return true;
    case "end":
      run.error =
        record.error === null
          ? undefined
          : new MlogError(record.error.code ?? "RUN_FAILED", record.error.message);
      return true;
    default:
      return false;
  }
}

async function logImagesAgain(
  logger: Logger,
  { images, name, step, maskClassLabels, useTable }: ImagesRecord,
  pictures: RecordedPictures,
): Promise<boolean> {
  const found = (await Promise.all(images.map((image) => pictures.read(image)))).filter(
    (picture) => picture !== undefined,
  );
  if (found.length === 0) return false;
  const masks = Object.fromEntries(Object.keys(found[0]!.masks).map((mask) => [mask, masksOf(found, mask)]));
  logger.logImages(
    found.map(({ pixels }) => pixels),
    { name, step, masks, maskClassLabels, useTable },
  );
  return true;
}

function masksOf(pictures: readonly RecordedPicture[], name: string): RecordedPicture["masks"][string][] {
  return pictures.flatMap(({ masks }) => masks[name] ?? []);
}

/** A logger takes the values of a histogram and not its counts, so the destinations are asked directly. */
function logHistogramAgain({ logger, onError }: Run, record: HistogramRecord): void {
  const { name, step, time, nonFinite } = record;
  const counts = Float64Array.from(record.counts);
  const edges = Float64Array.from(record.edges);
  for (const destination of logger.destinations) {
    try {
      const stamp = { step, time, timestamp: logger.state.timestamp };
      destination.logHistogram?.(Object.freeze({ name, counts, edges, nonFinite }), stamp);
    } catch (error) {
      onError?.(error as Error, destination.name);
    }
  }
}

/** So that what is logged between two flushes stays below the bound for pictures, their masks included. */
function weighPicture({ width, height, channels, masks }: ImageReference): number {
  return 1 + (width * height * (channels + Object.keys(masks).length)) / 2048;
}

/** About how many values a record holds. */
function weigh(record: LoggedRecord): number {
  switch (record.type) {
    case "metrics":
      return Object.keys(record.metrics).length;
    case "table":
      return record.rows
        .flat()
        .reduce((sum: number, cell) => sum + (isImageCell(cell) ? weighPicture(cell.$image) : 1), 1);
    case "images":
      return record.images.reduce((sum, image) => sum + weighPicture(image), 1);
    case "histogram":
      return record.counts.length;
    case "hyperparameters":
    case "traces":
      return JSON.stringify(record).length / 8;
    default:
      return 1;
  }
}
