import type { Random } from "./random.ts";

/** A claim of the documentation that takes more than a unit test to believe. */
export interface Proof {
  /** What `--only` takes. */
  readonly name: string;
  /** @returns its numbers, on one line. Throws if the claim does not hold. */
  run(setting: Setting): Promise<string>;
}

/** What a proof is given to work with. */
export interface Setting {
  /** 1 for all that the proof does; less for a sample of it. */
  readonly fraction: number;
  /** Printed, so that a run can be repeated: the choices repeat, what the scheduler does not. */
  readonly seed: string;
  readonly random: Random;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
}

/** `count` or the sampled part of it, at least 1. */
export function sampled(setting: Setting, count: number): number {
  return Math.max(1, Math.round(count * setting.fraction));
}

/** What `work` gives; if it throws, the error says where. */
export async function within<Result>(where: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
