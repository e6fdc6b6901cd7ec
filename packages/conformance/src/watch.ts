import type { LoggerDestination } from "@mlog/core";

/** What a destination did that a logger would hide. */
export interface Observed {
  /** What `log*`, `onEvent` and `uploadFile` threw, as `method: message`. */
  readonly thrown: string[];
  /** Methods that should return nothing and returned something. */
  readonly returned: string[];
  /** Settles when `close()` has, or at once if there is none. */
  readonly closed: Promise<void>;
  readonly isPostClosing: () => boolean;
}

/** The same destination, with every call looked at. */
export function watch(destination: LoggerDestination): [watched: LoggerDestination, observed: Observed] {
  let noteClosed!: () => void;
  let postClosing = false;
  const closed = new Promise<void>((resolve) => (noteClosed = resolve));
  const observed: Observed = { thrown: [], returned: [], closed, isPostClosing: () => postClosing };
  if (destination.close === undefined) noteClosed();
  const watched = new Proxy(destination, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]): unknown => {
        if (key === "postClose") postClosing = true;
        const result = call(target, member as Method, String(key), given, observed);
        if (key === "close") Promise.resolve(result).then(noteClosed, noteClosed);
        return result;
      };
    },
  });
  return [watched, observed];
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

function call(target: object, method: Method, name: string, given: unknown[], observed: Observed): unknown {
  const isLog = /^(log|onEvent)/.test(name);
  try {
    const result = method.apply(target, given);
    if (isLog && result !== undefined) observed.returned.push(name);
    return result;
  } catch (error) {
    if (isLog || name === "uploadFile") observed.thrown.push(`${name}: ${String(error)}`);
    throw error;
  }
}
