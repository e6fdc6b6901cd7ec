import { Logger, type LoggerDestination, type Metrics, State } from "@mlog/core";
import { describe, expect, it } from "vitest";
import { chaos, everyNth, type Fault, type Schedule, seeded } from "../src/index.ts";

const METHODS = ["logMetrics", "flush", "close", "postClose"] as const;

/** Keeps the first value of each call. */
class Values implements LoggerDestination {
  readonly name = "values";
  readonly specVersion = 1;
  readonly values: number[] = [];

  logMetrics({ values }: Metrics): void {
    this.values.push(values[0]!);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}

  async postClose(): Promise<void> {}
}

/** A logger with a destination that fails and, behind it, one that does not. */
function start(schedule: Schedule): {
  logger: Logger;
  failing: Values;
  well: Values;
  errors: Error[];
} {
  const [failing, well] = [new Values(), new Values()];
  const errors: Error[] = [];
  const logger = new Logger(new State({ runName: "chaos" }), [chaos(failing, schedule), well], {
    onError: (error) => errors.push(error),
  });
  return { logger, failing, well, errors };
}

describe("a destination with chaos", () => {
  it("fails as scheduled, and is left alone otherwise", () => {
    const { logger, failing, errors } = start(everyNth(3, "throw", ["logMetrics"]));
    for (let i = 1; i <= 9; i++) logger.logMetrics({ loss: i });
    expect(failing.values).toEqual([1, 2, 4, 5, 7, 8]);
    expect(errors.map((error) => (error as { code?: string }).code)).toEqual(["CHAOS", "CHAOS", "CHAOS"]);
  });

  it.each<[Fault, boolean]>([
    ["throw", true],
    ["reject", true],
    ["swallow", false],
    [{ delay: 5 }, false],
  ])("disturbs nobody by %j", async (fault, fails) => {
    const { logger, well } = start((method) => (METHODS.includes(method as never) ? fault : undefined));
    for (let i = 0; i < 10; i++) logger.logMetrics({ loss: i });
    const closing = logger.close({ timeout: 1000 });
    if (fails) await expect(closing).rejects.toMatchObject({ code: "NOT_SAFE" });
    else expect(await closing).toHaveLength(2);
    expect(well.values).toHaveLength(10);
  });

  it("hangs without holding up its logger beyond the timeout", async () => {
    const file = new URL(import.meta.url);
    const uploader = {
      name: "up",
      specVersion: 1,
      uploadFile: () => ({ staged: Promise.resolve(), uploaded: Promise.resolve([]) }),
    } as const;
    const logger = new Logger(new State(), chaos(uploader, everyNth(1, "hang", ["uploadFile", "postClose"])));
    logger.uploadFile("a.txt", file);
    const [delivery] = await logger.close({ timeout: 20 });
    expect(delivery).toMatchObject({ destination: "up" });
  });

  it("fails at the same calls for the same seed, and at about the share that is asked for", () => {
    const calls = (seed: number): boolean[] => {
      const schedule = seeded(seed, 0.25, "throw", ["logMetrics"]);
      return Array.from({ length: 10_000 }, (_, call) => schedule("logMetrics", call + 1) !== undefined);
    };
    expect(calls(7)).toEqual(calls(7));
    expect(calls(7)).not.toEqual(calls(8));
    const share = calls(7).filter(Boolean).length / 10_000;
    expect(share).toBeGreaterThan(0.23);
    expect(share).toBeLessThan(0.27);
  });

  it("leaves other methods alone", () => {
    expect(seeded(1, 1, "throw", ["flush"])("close", 1)).toBeUndefined();
  });
});
