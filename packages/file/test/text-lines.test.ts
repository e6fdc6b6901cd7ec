import { describe, expect, it } from "vitest";
import { openRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("format: 'text'", () => {
  it("writes the lines of Composer", async () => {
    const { logger, state, path, text } = openRun(temporaryFolder(), { format: "text" });
    expect(path).toMatch(/run[\\/]logs-rank0\.txt$/);
    logger.logHyperparameters({
      lr: 1e-5,
      seed: 17,
      name: "cnn",
      dropout: null,
      layers: [64, 10],
      adam: { beta: 0.9, amsgrad: false },
    });
    state.nextBatch();
    state.nextBatch();
    logger.logMetrics({ "loss/train": 0.123456789, accuracy: 1 });
    logger.logTraces({ norms: [0.5, 2], note: "warm" });
    logger.logTable(
      ["epoch", "loss"],
      [
        [1, 0.25],
        [2, NaN],
      ],
      { name: "results" },
    );
    await logger.close();
    expect(text()).toBe(
      [
        "[hyperparameter]: lr: 0.00001 ",
        "[hyperparameter]: seed: 17 ",
        '[hyperparameter]: name: "cnn" ',
        "[hyperparameter]: dropout: None ",
        "[hyperparameter]: layers: [64, 10] ",
        '[hyperparameter]: adam: { "beta": 0.9, "amsgrad": False, } ',
        "[metric][batch=2]: loss/train: 0.123456789 ",
        "[metric][batch=2]: accuracy: 1 ",
        "[trace]: norms:[0.5, 2]",
        '[trace]: note:"warm"',
        '[table]: results: {"columns":["epoch","loss"],"data":[[1,0.25],[2,"NaN"]]}',
        "",
      ].join("\n"),
    );
  });

  it("loses no digit of a number, and says what is none", async () => {
    const { logger, text } = openRun(temporaryFolder(), { format: "text" });
    logger.logMetrics({ a: 0.1 + 0.2, b: 5e-324, c: NaN, d: Infinity, e: -Infinity });
    logger.logHyperparameters({ big: 2n ** 70n });
    await logger.close();
    expect(text().split("\n")).toEqual([
      "[metric][batch=0]: a: 0.30000000000000004 ",
      "[metric][batch=0]: b: 5e-324 ",
      "[metric][batch=0]: c: nan ",
      "[metric][batch=0]: d: inf ",
      "[metric][batch=0]: e: -inf ",
      `[hyperparameter]: big: ${2n ** 70n} `,
      "",
    ]);
  });

  it("names a step beside the batch where the caller gave another one", async () => {
    const { logger, text } = openRun(temporaryFolder(), { format: "text" });
    logger.logMetrics({ loss: 1 }, { step: 7 });
    logger.logHistogram("w", [1, 3], { bins: 2 });
    await logger.close();
    expect(text().split("\n")).toEqual([
      "[metric][batch=0][step=7]: loss: 1 ",
      '[histogram][batch=0]: w: {"counts":[1,1],"edges":[1,2,3],"nonFinite":{"nan":0,"infinity":0,"negativeInfinity":0}}',
      "",
    ]);
  });

  it("begins each line of a text of several lines alike", async () => {
    const { logger, text } = openRun(temporaryFolder(), { format: "text" });
    logger.logTraces({ plan: "one\ntwo" });
    await logger.close();
    expect(text()).toBe('[trace]: plan:"one\n[trace]: two"\n');
  });

  it("goes on behind what is there with resume", async () => {
    const root = temporaryFolder();
    for (const loss of [1, 2]) {
      const { logger } = openRun(root, { format: "text", resume: true });
      logger.logMetrics({ loss });
      await logger.close();
    }
    const { logger, text } = openRun(root, { format: "text", resume: true });
    await logger.close();
    expect(text()).toBe("[metric][batch=0]: loss: 1 \n[metric][batch=0]: loss: 2 \n");
  });
});
