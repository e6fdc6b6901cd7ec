import { State, type StateOptions } from "@mlog/core";
import { describe, expect, test } from "vitest";
import { barLine, barLines, durationText } from "../src/bar-text.ts";
import { Progress } from "../src/progress.ts";

function run(options: StateOptions, batchesPerEpoch?: number): { state: State; progress: Progress } {
  const state = new State({ runName: "run", ranks: { rank: 0 }, ...options });
  return { state, progress: new Progress(state, batchesPerEpoch) };
}

function advance(state: State, batches: number): void {
  for (let i = 0; i < batches; i++) state.nextBatch({ samples: 8 });
}

describe("progress", () => {
  test("of epochs counts the batches of this one as soon as their number is known", () => {
    const { state, progress } = run({ maxDuration: "4ep" });
    advance(state, 5);
    expect(progress.look(0)).toMatchObject({ epoch: undefined, total: 0 });
    advance(state, 5);
    state.nextEpoch();
    progress.endEpoch(10);
    advance(state, 5);
    expect(progress.look(0)).toMatchObject({ epoch: 0.5, total: 0.375, batch: 5 });
  });

  test("of the last epoch stays at its end", () => {
    const { state, progress } = run({ maxDuration: "1ep" }, 2);
    advance(state, 2);
    state.nextEpoch();
    expect(progress.look(0)).toMatchObject({ epoch: 1, total: 1, batch: 2 });
  });

  test.each([
    ["20ba", 0.5],
    ["160sp", 0.5],
    ["5ba", 1],
    ["0.5dur", undefined],
    [undefined, undefined],
  ])("of %s after 10 batches of 8 samples is %s", (maxDuration, total) => {
    const { state, progress } = run({ maxDuration });
    advance(state, 10);
    expect(progress.look(0).total).toBe(total);
  });

  test("knows the rate of lately and the time left of what this process trained", () => {
    const timestamp = new State({ runName: "run", ranks: { rank: 0 } }).timestamp.copy({ batch: 50 });
    const { state, progress } = run({ maxDuration: "100ba", timestamp });
    expect(progress.look(1000)).toMatchObject({ rate: undefined, secondsLeft: undefined });
    advance(state, 10);
    expect(progress.look(2000)).toMatchObject({ rate: 10, secondsLeft: expect.closeTo(4) as number });
  });

  test("begins anew when training goes back to a checkpoint", () => {
    const { state, progress } = run({ maxDuration: "100ba" });
    const start = state.timestamp;
    advance(state, 50);
    progress.look(1000);
    state.restore(start);
    progress.look(2000);
    advance(state, 10);
    expect(progress.look(3000)).toMatchObject({ rate: 10, secondsLeft: expect.closeTo(9) as number });
  });
});

describe("what is shown", () => {
  test("has the epoch, the whole training, and the latest metrics, at any width", () => {
    const { state, progress } = run({ maxDuration: "2ep" }, 10);
    progress.look(0);
    advance(state, 5);
    const content = {
      state,
      progress: progress.look(1000),
      metrics: new Map([["loss", 0.123456]]),
      isEvaluating: true,
    };
    expect(barLines(content, 60)).toEqual([
      "epoch 1/2  ██████████░░░░░░░░░░   50 %  batch 5/10",
      "total      █████░░░░░░░░░░░░░░░   25 %  5 batches/s  0:03 left  evaluating",
      "loss 0.12346",
    ]);
    expect(barLine(content)).toBe(
      "epoch 1/2, batch 5/10, 25 % of the training, 5 batches/s, 0:03 left, evaluating, loss 0.12346",
    );
    expect(barLines(content, 1)).toHaveLength(3);
  });

  test("without a known end is how many batches there were", () => {
    const { state, progress } = run({});
    advance(state, 3);
    const content = {
      state,
      progress: progress.look(0),
      metrics: new Map<string, number>(),
      isEvaluating: false,
    };
    expect(barLines(content, 80)).toEqual(["batch 3"]);
  });

  test.each([
    [0.2, "0:01"],
    [59.9, "1:00"],
    [754, "12:34"],
    [18367, "5:06:07"],
    [273906, "3d 04:05:06"],
  ])("%s seconds are %s", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
