import type { Delivery } from "./destination.ts";
import { MlogAggregateError } from "./errors.ts";
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
  const flush = (route: Route): Promise<boolean> =>
    attempt(route, async () => {
      await route.ready;
      await route.destination.flush?.(signal);
    });
  const takesFiles = (route: Route): boolean => route.destination.uploadFile !== undefined;
  const work = async (): Promise<void> => {
    await Promise.all(reads);
    await Promise.all(routes.filter((route) => !takesFiles(route)).map(flush));
    await Promise.all(routes.filter(takesFiles).map(flush));
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
  const closed = new Set<Route>();
  const draining = new AbortController();
  const half = deadline(timeout / 2);
  const end = deadline(timeout);
  const read = Promise.all(reads);

  const handedOver = new Map(
    routes.map((route) => [
      route,
      attempt(route, async () => {
        await read;
        await route.ready;
        await route.destination.close?.(reason);
      }),
    ]),
  );
  const everyHandover = Promise.race([Promise.all(handedOver.values()), half.passed]);
  const drained = routes.map(async (route) => {
    const ok = await handedOver.get(route);
    if (route.destination.uploadFile !== undefined) await everyHandover;
    if (ok === false) return;
    const done = await attempt(route, async () => route.destination.postClose?.(draining.signal));
    if (done) closed.add(route);
  });
  await Promise.race([Promise.all(drained), end.passed]);
  draining.abort();
  half.cancel();
  end.cancel();
  const deliveries = routes.map((route) => ({
    destination: route.destination.name,
    ...route.delivery(closed.has(route)),
  }));
  const failure = takeFailures(routes);
  if (failure !== undefined) throw new CloseError(failure, deliveries);
  return deliveries;
}

function takeFailures(routes: readonly Route[]): MlogAggregateError | undefined {
  const errors = routes.flatMap((route) => route.failures.take());
  if (errors.length === 0) return undefined;
  const messages = [...new Set(errors.map((error) => error.message))].slice(0, 3).join("; ");
  return new MlogAggregateError("NOT_SAFE", errors, `not everything that was logged is safe: ${messages}`);
}

async function attempt(route: Route, work: () => Promise<void> | undefined): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    route.failures.add(error);
    return false;
  }
}

function deadline(ms: number): { readonly passed: Promise<void>; cancel(): void } {
  let timer: unknown;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, TIMER_LIMIT));
  });
  return { passed, cancel: () => clearTimeout(timer) };
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort!);
  }
}
