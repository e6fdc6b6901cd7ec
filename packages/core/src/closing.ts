import type { Delivery } from "./destination.ts";
import { MlogAggregateError } from "./errors.ts";
import { combine } from "./failures.ts";
import type { Route } from "./route.ts";

/** What became of the records of one destination. */
export type DestinationDelivery = Delivery & { readonly destination: string };

/** `close()` did all it could, and not everything that was logged is safe. */
export class CloseError extends MlogAggregateError {
  override readonly name: string = "CloseError";
  /** What `close()` would have resolved with. */
  readonly deliveries: readonly DestinationDelivery[];

  constructor(error: MlogAggregateError, deliveries: readonly DestinationDelivery[]) {
    super(error.code, error.errors as readonly unknown[], error.message);
    this.deliveries = deliveries;
  }
}

declare function setTimeout(callback: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;

/** The longest delay of a timer. */
const TIMER_LIMIT = 2 ** 31 - 1;

/**
 * Flushes destinations that make files first, then those that take them.
 *
 * @throws MlogAggregateError `NOT_SAFE` if something that was logged before is not safe
 */
export async function flushRoutes(
  routes: readonly Route[],
  reads: Iterable<Promise<unknown>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const work = async (): Promise<void> => {
    await Promise.all(reads);
    for (const takesFiles of [false, true]) {
      await Promise.all(
        routes
          .filter((route) => route.takesFiles === takesFiles)
          .map((route) => attempt(route, () => route.destination.flush?.(signal))),
      );
    }
  };
  await untilAborted(work(), signal);
  const failure = takeFailures(routes);
  if (failure !== undefined) throw failure;
}

/**
 * Closes in two phases, as Composer does, each destination at its own pace: one that takes files
 * drains once all others have handed theirs over, or after half of the time. Begins when `reads`
 * has settled, ends by `timeout` (ms) at the latest, and then says what is pending.
 *
 * @throws CloseError `NOT_SAFE` if something that was logged is lost
 */
export async function closeRoutes(
  routes: readonly Route[],
  reads: Iterable<Promise<unknown>>,
  reason: { readonly error?: unknown },
  timeout: number,
): Promise<readonly DestinationDelivery[]> {
  const draining = new AbortController();
  const timers: unknown[] = [];
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => timers.push(setTimeout(resolve, Math.min(ms, TIMER_LIMIT))));
  const read = Promise.all(reads);
  const handovers = routes.map(async (route) => {
    await read;
    return attempt(route, () => route.destination.close?.(reason));
  });
  const everyHandover = Promise.race([Promise.all(handovers), after(timeout / 2)]);
  const drained = routes.map(async (route, index) => {
    const ok = await handovers[index];
    if (route.takesFiles) await everyHandover;
    if (ok) route.drained = await attempt(route, () => route.destination.postClose?.(draining.signal));
  });
  await Promise.race([Promise.all(drained), after(timeout)]);
  draining.abort();
  timers.forEach(clearTimeout);
  const deliveries = routes.map((route) => ({
    destination: route.destination.name,
    ...route.delivery(),
  }));
  const failure = takeFailures(routes);
  if (failure !== undefined) throw new CloseError(failure, deliveries);
  return deliveries;
}

function takeFailures(routes: readonly Route[]): MlogAggregateError | undefined {
  const errors = routes.flatMap((route) => route.takeErrors());
  return errors.length > 0 ? combine("NOT_SAFE", errors) : undefined;
}

/** Whether a destination that has started did its work; if not, the route tells and keeps why. */
async function attempt(route: Route, work: () => Promise<void> | undefined): Promise<boolean> {
  try {
    await route.ready;
    await work();
    return true;
  } catch (error) {
    route.fail(error);
    return false;
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { signal: done.signal });
  });
  await Promise.race([work, aborted]).finally(() => done.abort());
}
