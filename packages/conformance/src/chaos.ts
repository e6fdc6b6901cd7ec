import type { LoggerDestination } from "@mlog/core";

/** The methods that a schedule can make fail. */
export type ChaosMethod = Exclude<keyof LoggerDestination, "name" | "specVersion">;

/**
 * What happens instead of a call, or before it:
 * - `"throw"`: the method throws
 * - `"reject"`: it gives a promise that rejects; what returns no promise throws
 * - `"hang"`: it gives a promise that never settles; what returns no promise does nothing
 * - `"swallow"`: it does nothing, and says that all is well
 * - `{ delay }`: a method that gives a promise starts that many ms later
 */
export type Fault = "throw" | "reject" | "hang" | "swallow" | { readonly delay: number };

/** Says what happens to the `call`-th call (from 1) of `method`; undefined: nothing. */
export type Schedule = (method: ChaosMethod, call: number) => Fault | undefined;

const ASYNC = new Set<ChaosMethod>(["init", "flush", "close", "postClose", "downloadFile"]);

/** What a schedule made happen. */
export class ChaosError extends Error {
  override readonly name: string = "ChaosError";
  readonly code: string = "CHAOS";

  constructor(method: ChaosMethod, call: number) {
    super(`${method}, call ${call}: fails as scheduled`);
  }
}

/**
 * The same destination, failing as `schedule` says: to see what an application, a logger or another destination
 * makes of it. What is not told to fail is handed on.
 */
export function chaos(destination: LoggerDestination, schedule: Schedule): LoggerDestination {
  const counts = new Map<ChaosMethod, number>();
  return new Proxy(destination, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      const method = key as ChaosMethod;
      return (...given: unknown[]): unknown => {
        const count = (counts.get(method) ?? 0) + 1;
        counts.set(method, count);
        const fault = schedule(method, count);
        const proceed = (): unknown => (member as (...all: unknown[]) => unknown).apply(target, given);
        return fault === undefined ? proceed() : suffer(fault, method, count, proceed);
      };
    },
  });
}

function suffer(fault: Fault, method: ChaosMethod, call: number, proceed: () => unknown): unknown {
  const isAsync = ASYNC.has(method);
  if (typeof fault === "object") {
    if (!isAsync) return proceed();
    return new Promise((resolve) => setTimeout(resolve, fault.delay)).then(proceed);
  }
  const error = new ChaosError(method, call);
  if (fault === "throw" || (fault === "reject" && !isAsync && method !== "uploadFile")) throw error;
  const outcome = fault === "reject" ? rejected(error) : fault === "hang" ? new Promise(() => {}) : undefined;
  if (method === "uploadFile") {
    const promise = outcome ?? Promise.resolve();
    return { staged: promise, uploaded: promise.then(() => []) };
  }
  return isAsync ? (outcome ?? Promise.resolve()) : undefined;
}

/** A rejection that nobody need look at. */
function rejected(error: Error): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => undefined);
  return promise;
}

/** The fault at every `n`-th call of these methods. */
export function everyNth(n: number, fault: Fault, methods: readonly ChaosMethod[]): Schedule {
  return (method, call) => (methods.includes(method) && call % n === 0 ? fault : undefined);
}

/** The fault at a share (0 to 1) of the calls of these methods, the same ones for the same seed. */
export function seeded(seed: number, share: number, fault: Fault, methods: readonly ChaosMethod[]): Schedule {
  return (method, call) => {
    if (!methods.includes(method)) return undefined;
    // One step of a Weyl sequence through a mixing function: no state, so that calls may come in any order.
    let bits = (seed ^ Math.imul(call + method.length * 7919, 0x9e3779b9)) >>> 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32 < share ? fault : undefined;
  };
}
