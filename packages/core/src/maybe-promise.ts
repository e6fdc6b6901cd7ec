/** Now, or later where only a device can read the values. */
export type MaybePromise<T> = T | Promise<T>;

/** `next(value)`, at once if the value is there. */
export function whenRead<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? ignorable(value.then(next)) : next(value);
}

/** All of them, at once if all are there. */
export function whenAllRead<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  return values.some((value) => value instanceof Promise)
    ? ignorable(Promise.all(values))
    : (values as readonly T[]);
}

/** The promise itself, which nobody has to await: that it rejects is no unhandled rejection. */
export function ignorable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
