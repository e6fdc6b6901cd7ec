import { Logger, State, type StateOptions } from "@mlog/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConsoleLogger, type ConsoleLoggerOptions } from "../src/index.ts";
import { Sink } from "./sink.ts";

afterEach(() => vi.unstubAllEnvs());

function open(
  options: ConsoleLoggerOptions = {},
  run: StateOptions = {},
): { sink: Sink; state: State; logger: Logger } {
  const sink = new Sink();
  const state = new State({ runName: "run", maxDuration: "2ep", ranks: { rank: 0 }, ...run });
  const destination = new ConsoleLogger({ stream: sink, quiet: false, ...options });
  return { sink, state, logger: new Logger(state, destination) };
}

function train({ state, logger }: { state: State; logger: Logger }, batches: number): void {
  for (let i = 0; i < batches; i++) {
    logger.logMetrics({ loss: 1 / (1 + state.timestamp.batch), lr: 1e-5 });
    state.nextBatch();
  }
}

describe("intervals", () => {
  test("metrics are printed after every batch, with the position of training", async () => {
    const run = open();
    train(run, 2);
    expect(run.sink.lines).toEqual([
      "Train [epoch=1/2][batch=1]",
      "  Train loss: 1",
      "  Train lr: 0.00001",
      "Train [epoch=1/2][batch=2]",
      "  Train loss: 0.5",
      "  Train lr: 0.00001",
    ]);
    await run.logger.close();
  });

  test("of batches: the first one, then every n-th with the latest values, and what is left at the end", async () => {
    const run = open({ logInterval: "3ba" }, { maxDuration: "10ba" });
    train(run, 7);
    await run.logger.close();
    expect(run.sink.lines.filter((line) => !line.startsWith(" "))).toEqual([
      "Train [batch=1/10]",
      "Train [batch=3/10]",
      "Train [batch=6/10]",
      "Train [batch=7/10]",
    ]);
    expect(run.sink.text).toContain("loss: 0.14286");
  });

  test("of epochs, also as a number", async () => {
    const run = open({ logInterval: 1 });
    train(run, 2);
    expect(run.sink.text).toBe("");
    run.state.nextEpoch();
    expect(run.sink.lines[0]).toBe("Train [epoch=1/2][batch=2]");
    await run.logger.close();
  });
});

test("hyperparameters come once, before everything else", async () => {
  const run = open();
  run.logger.logHyperparameters({ lr: 1e-5, model: { layers: 2 }, seeds: [1n, 2] });
  run.logger.runEvent("fitStart");
  train(run, 1);
  await run.logger.close();
  expect(run.sink.lines.slice(0, 4)).toEqual([
    "Hyperparameters",
    "  lr: 0.00001",
    '  model: {"layers":2}',
    '  seeds: ["1",2]',
  ]);
  expect(run.sink.text.match(/Hyperparameters/g)).toHaveLength(1);
});

test("an evaluation prints its results, tables too, and nothing that training logged before", async () => {
  const run = open({ logInterval: "1ep" });
  train(run, 1);
  run.logger.runEvent("evalStart");
  run.logger.logMetrics({ "accuracy/eval": 0.875 });
  const rows = Array.from({ length: 12 }, (_, i) => [i, i % 2 === 0 ? "even" : null]);
  run.logger.logTable(["number", "kind"], rows, { name: "numbers" });
  run.logger.runEvent("evalEnd");
  expect(run.sink.lines.slice(0, 5)).toEqual([
    "Eval [epoch=1/2][batch=1]",
    "  Eval accuracy/eval: 0.875",
    "  Eval numbers:",
    "    number  kind",
    "    0       even",
  ]);
  expect(run.sink.text).toContain("... 12 rows, 2 columns in all");
  expect(run.sink.text).not.toContain("loss");
  await run.logger.close();
});

test("under CI it is quiet: hyperparameters, evaluations and the last metrics only", async () => {
  vi.stubEnv("CI", "true");
  const run = open({ quiet: undefined } as unknown as ConsoleLoggerOptions);
  run.logger.logHyperparameters({ lr: 1 });
  train(run, 5);
  expect(run.sink.text).toBe("");
  await run.logger.close();
  expect(run.sink.lines[0]).toBe("Hyperparameters");
  expect(run.sink.text).toContain("Train loss: 0.2\n");
});

test("traces are printed only if asked for", async () => {
  for (const logTraces of [false, true]) {
    const run = open({ logTraces });
    run.logger.logTraces({ shape: [1, 2] });
    expect(run.sink.text).toBe(logTraces ? "[trace] shape: [1,2]\n" : "");
    await run.logger.close();
  }
});

test("other processes of the machine print nothing", async () => {
  const run = open({}, { ranks: { rank: 1, localRank: 1, worldSize: 2, localWorldSize: 2 } });
  run.logger.logHyperparameters({ lr: 1 });
  train(run, 2);
  await run.logger.close();
  expect(run.sink.text).toBe("");
});

test("nothing that is logged can control the terminal", async () => {
  const run = open({ logTraces: true });
  const evil = "\u001b[2J\r\n\u0007\u009b1m\u202e";
  run.logger.logHyperparameters({ [evil]: evil, deep: { [evil]: [evil] } });
  run.logger.logTraces({ [evil]: evil });
  run.logger.logMetrics({ [evil]: 1 });
  run.logger.logTable([evil], [[evil]], { name: evil });
  run.state.nextBatch();
  await run.logger.close({ error: new Error(evil) });
  // oxlint-disable-next-line eslint/no-control-regex -- these must not be there
  expect(run.sink.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(run.sink.text).toContain("\\u001b[2J");
});

test.each([
  [{ logInterval: "1sec" }, "INVALID_ARGUMENT"],
  [{ logInterval: 0 }, "INVALID_ARGUMENT"],
  [{ logInterval: "often" }, "INVALID_TIME"],
  [{ stream: "stdlog" }, "INVALID_ARGUMENT"],
  [{ stream: {} }, "INVALID_ARGUMENT"],
  [{ quiet: 1 }, "INVALID_ARGUMENT"],
  [{ interval: 1 }, "INVALID_ARGUMENT"],
])("%j is refused with %s", (options, code) => {
  expect(() => new ConsoleLogger(options as ConsoleLoggerOptions)).toThrow(expect.objectContaining({ code }));
});
