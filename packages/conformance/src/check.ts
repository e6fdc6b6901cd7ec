/** A destination broke a rule. Thrown so that any test runner reports it. */
export class RuleBroken extends Error {
  override readonly name: string = "RuleBroken";
}

/** @throws RuleBroken with `message` unless `ok` */
export function check(ok: unknown, message: string): asserts ok {
  if (!ok) throw new RuleBroken(message);
}

/**
 * `promise`, unless it takes longer than `ms`.
 *
 * @throws RuleBroken naming `what`
 */
export async function within<T>(ms: number, what: string, promise: T | PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RuleBroken(`${what} did not settle within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` fails with, or undefined. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error("something without a value was thrown");
  }
}
