/** How long things wait, in ms. The defaults are those of the official client where it has them. */
export interface Timing {
  /** The first wait after a failed request; it doubles with each further one. */
  readonly minDelay: number;
  /** The longest wait after a failed request, but for what a server asks for by `Retry-After`. */
  readonly maxDelay: number;
  /** How long a request may take at most; some have less. */
  readonly requestTimeout: number;
  /** The time between two requests that carry new lines. */
  readonly streamInterval: number;
  /** The time between any two requests of the stream, however much waits. */
  readonly minGap: number;
  /** The time after which an idle run says that it is alive. */
  readonly heartbeat: number;
  /** How long changes of the config wait for others. */
  readonly configDelay: number;
  /** How often the worker looks for new records. */
  readonly poll: number;
}

export const TIMING: Timing = {
  minDelay: 2000,
  maxDelay: 60_000,
  requestTimeout: 180_000,
  streamInterval: 15_000,
  minGap: 500,
  heartbeat: 30_000,
  configDelay: 5000,
  poll: 50,
};
