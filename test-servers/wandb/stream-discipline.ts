import type { Outcome, Received } from "./exchange.ts";
import type { Run } from "./run.ts";
import type { StreamState } from "./stream-state.ts";
import type { Rule, Violations } from "./violations.ts";

/** How often and how seldom a client may call file_stream. */
export interface Pace {
  /** Default: 2. */
  readonly requestsPerSecond?: number;
  /** In ms, from one request to the next. Default: 35 000, a heartbeat and some slack. */
  readonly silence?: number;
}

/** Statuses after which a client stops streaming for good. */
const FATAL: readonly number[] = [400, 401, 403, 404, 409, 410, 413, 422, 501];

/** In ms; a rate is that of the last requests, so that two close together are none too many. */
const WINDOW = 5000;
/** In ms; dates have whole seconds, and clocks of two threads differ. */
const EARLY = 5;

/** Watches when requests come, and what follows a failure: rules F6, F7 and F8. */
export class StreamDiscipline {
  readonly #violations: Violations;
  readonly #pace: Required<Pace>;

  constructor(violations: Violations, { requestsPerSecond = 2, silence = 35_000 }: Pace) {
    this.#violations = violations;
    this.#pace = { requestsPerSecond, silence };
  }

  began({ stream }: Run): () => void {
    if (stream.inFlight > 0) this.#add("F7", "two requests at the same time");
    stream.inFlight++;
    return () => stream.inFlight--;
  }

  arrived(run: Run, request: Received): void {
    const { stream } = run;
    const text = request.body.toString();
    this.#checkPace(stream, request.time);
    if (run.complete && stream.lostCompletion !== text) {
      this.#add("F6", "a request came after the run was complete");
    }
    if (stream.fatal !== undefined) {
      const isEnd = stream.mayComplete === true && isCompletion(text);
      stream.mayComplete = false;
      if (!isEnd) this.#add("F8", `a request came after the fatal status ${stream.fatal}`);
    }
    const { retry } = stream;
    if (retry !== undefined && stream.fatal === undefined) {
      const early = retry.notBefore - request.time;
      if (early > EARLY) this.#add("F8", `tried again ${early} ms before Retry-After`);
      if (retry.text !== "{}" && retry.text !== text) {
        this.#add("F8", `after a failure came something else: ${excerpt(text)} for ${excerpt(retry.text)}`);
      }
    }
  }

  settled(run: Run, request: Received, { delivered, status, notBefore, errorCode }: Outcome): void {
    const { stream } = run;
    const text = request.body.toString();
    stream.retry = undefined;
    if (status !== undefined && FATAL.includes(status)) {
      stream.fatal = status;
      stream.mayComplete = errorCode === "run_metric_limit_exceeded";
    } else if (status === undefined || status >= 300) {
      stream.retry = { text, notBefore: notBefore ?? 0 };
    }
    const isLost = !delivered || status === undefined || status >= 300;
    stream.lostCompletion = run.complete && isLost ? text : undefined;
  }

  #checkPace(stream: StreamState, time: number): void {
    const { requestsPerSecond, silence } = this.#pace;
    const last = stream.arrivals.at(-1);
    if (last !== undefined && time - last > silence) {
      this.#add("F7", `nothing came for ${time - last} ms`);
    }
    stream.arrivals = stream.arrivals.filter((arrival) => time - arrival < WINDOW);
    stream.arrivals.push(time);
    const most = (requestsPerSecond * WINDOW) / 1000;
    if (stream.arrivals.length > most) {
      this.#add("F7", `${stream.arrivals.length} requests in ${WINDOW} ms`);
    }
  }

  #add(rule: Rule, detail: string): void {
    this.#violations.add(rule, "file_stream", detail);
  }
}

/** A run is opened anew, by another process perhaps: what the last one left open is no longer expected. */
export function reopen(run: Run): void {
  if (run.statusAsked || run.complete) {
    run.stream.fatal = undefined;
    run.stream.arrivals = [];
    run.complete = false;
  }
  run.stream.retry = undefined;
  run.stream.lostCompletion = undefined;
  for (const file of run.files.values()) {
    file.hasUrl = false;
    file.acknowledged = false;
  }
  run.statusAsked = false;
}

function isCompletion(text: string): boolean {
  try {
    const keys = Object.keys(JSON.parse(text) as object);
    return keys.includes("complete") && keys.every((key) => key === "complete" || key === "exitcode");
  } catch {
    return false;
  }
}

function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}... (${text.length})` : text;
}
