/** Now, or later where only a device can read the values. */
export type MaybePromise<T> = T | Promise<T>;

/** `next(value)`, at once if the value is there. */
export function whenRead<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? handled(value.then(next)) : next(value);
}

/** All of them, at once if all are there. */
export function whenAllRead<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  return values.some((value) => value instanceof Promise)
    ? handled(Promise.all(values))
    : (values as readonly T[]);
}

/** The call that reads may fail on another argument and drop this promise: that is no unhandled rejection. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
