import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { HandOver } from "../src/sdk-transport/hand-over.ts";
import type { SdkRow } from "../src/sdk-transport/protocol.ts";
import { openRun, openServer } from "./open-run.ts";

const SDK = { transport: "sdk" } as const;
/** Loading the SDK, and its own pauses, take longer on a busy machine than `close` waits by itself. */
const PATIENT = { timeout: 100_000 } as const;

describe("a run through @wandb/sdk", () => {
  it("arrives: merged rows in the order of their steps, config in W&B's form, exit code", async () => {
    const server = await openServer();
    const started = once(process, "worker") as Promise<[Worker]>;
    const { logger, wandb, errors } = openRun(server, SDK);
    const exited = once((await started)[0], "exit");
    logger.logHyperparameters({ lr: 0.1, nested: { a: [1] } });
    logger.logMetrics({ a: 1 }, { step: 0 });
    logger.logMetrics({ b: 1 }, { step: 0 });
    logger.logMetrics({ a: 2 }, { step: 10 });
    logger.logMetrics({ a: 3 }, { step: 11 });
    expect(await wandb.started()).toMatchObject({ id: "run1", entity: "me", project: "proj" });
    const [delivery] = await logger.close(PATIENT);
    expect(await exited, "the thread ends by itself").toEqual([0]);

    expect(errors).toEqual([]);
    expect(delivery).toEqual({ destination: "wandb", delivered: 5, pending: 0, dropped: 0 });
    server.assertNoViolations();
    const run = server.run("run1");
    expect(run.rows).toEqual([
      expect.objectContaining({ _step: 0, a: 1, b: 1 }),
      expect.objectContaining({ _step: 10, a: 2 }),
      expect.objectContaining({ _step: 11, a: 3 }),
    ]);
    expect(run.plainConfig).toEqual({ lr: 0.1, nested: { a: [1] } });
    expect(run).toMatchObject({ exitCode: 0, complete: true, displayName: "a run" });
  });

  it("leaves out and reports what the SDK would turn into something else", async () => {
    const server = await openServer();
    const { logger, errors } = openRun(server, SDK);
    logger.logMetrics({ a: 1, nan: NaN }, { step: 5 });
    logger.logMetrics({ a: 2 }, { step: 3 });
    logger.logTable(["a"], [[1]]);
    logger.logHistogram("h", [1, 2, 3]);
    logger.logTraces({ t: 1 });
    logger.logMetrics({ a: 3 }, { step: 6 });
    logger.logHyperparameters({ late: 1 });
    await expect(logger.close(PATIENT)).rejects.toMatchObject({
      deliveries: [expect.objectContaining({ delivered: 2, pending: 0, dropped: 5 })],
    });

    expect(errors.map(({ code }) => String(code)).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      "RECORDS_DROPPED",
      "STEPS_DROPPED",
      "WANDB_SDK_NOT_FINITE",
      "WANDB_SDK_UNSUPPORTED",
      "WANDB_SDK_UNSUPPORTED",
      "WANDB_SDK_UNSUPPORTED",
      "WANDB_SDK_UNSUPPORTED",
    ]);
    expect(server.run("run1").rows.map(({ _step, a, nan }) => [_step, a, nan])).toEqual([
      [5, 1, undefined],
      [6, 3, undefined],
    ]);
  });

  it("says how many calls the SDK has lost, which says nothing itself", async () => {
    const server = await openServer();
    const { logger, errors } = openRun(server, SDK);
    server.faults.plan(({ call, body }) => call === "file_stream" && body.includes("history"), {
      kind: "status",
      status: 500,
    });
    logger.logMetrics({ a: 1 }, { step: 0 });
    logger.logMetrics({ a: 2 }, { step: 1 });
    await expect(logger.close(PATIENT)).rejects.toMatchObject({
      deliveries: [expect.objectContaining({ delivered: 0, pending: 0, dropped: 2 })],
    });
    expect(errors.map(({ code }) => code)).toContain("WANDB_SDK_LOST");
    expect(server.run("run1").rows).toEqual([]);
  });

  it("outlives that the SDK throws where nobody can catch it", async () => {
    const server = await openServer({ forbidden: ["me/proj"] });
    const { logger, wandb, errors } = openRun(server, SDK);
    logger.logMetrics({ a: 1 });
    await expect(logger.close(PATIENT)).rejects.toMatchObject({
      deliveries: [expect.objectContaining({ delivered: 0, dropped: 1 })],
    });
    await expect(wandb.started()).rejects.toMatchObject({ code: "WANDB_SDK_FAILED" });
    expect(errors.map(({ code }) => code)).toContain("WANDB_SDK_FAILED");
    expect(JSON.stringify(errors)).not.toContain(server.apiKey);
  });

  it("ends by the timeout if the server hangs, and leaves no listener for signals behind", async () => {
    const server = await openServer();
    server.faults.plan("file_stream", { kind: "hang" }, Infinity);
    const listeners = process.listenerCount("SIGTERM");
    const { logger } = openRun(server, SDK);
    logger.logMetrics({ a: 1 });
    const begun = performance.now();
    await logger.close({ timeout: 3000 }).catch(() => undefined);
    expect(performance.now() - begun).toBeLessThan(4500);
    expect(process.listenerCount("SIGTERM")).toBe(listeners);
  });

  it.each([
    ["group", { group: "g" }],
    ["tags", { tags: ["a"] }],
    ["resume", { resume: "allow" }],
    ["offline", { mode: "offline" }],
    ["logArtifacts", { logArtifacts: true }],
    ["encoding", { project: "a b" }],
  ] as const)("refuses %s at once", async (named, options) => {
    const server = await openServer();
    expect(() => openRun(server, { ...SDK, ...options })).toThrow(
      expect.objectContaining({ code: "WANDB_SDK_UNSUPPORTED", message: expect.stringContaining(named) }),
    );
  });
});

describe("rows in the hands of the SDK", () => {
  const row = (step: number): SdkRow => ({
    step,
    values: {},
    calls: 1,
  });

  function open(): { handOver: HandOver; logged: number[]; settled: [arrived: number, lost: number] } {
    const logged: number[] = [];
    const settled: [number, number] = [0, 0];
    const handOver = new HandOver(
      ({ step }) => logged.push(step),
      (arrived, lost) => {
        settled[0] += arrived;
        settled[1] += lost;
      },
    );
    return { handOver, logged, settled };
  }

  it("are never more than its last request takes", () => {
    const { handOver, logged, settled } = open();
    for (let step = 0; step < 25_000; step++) handOver.add(row(step));
    handOver.pump(0);
    handOver.pump(100);
    expect(logged).toHaveLength(9000);
    handOver.answered(5000, true);
    handOver.pump(5100);
    expect(logged).toHaveLength(18_000);
    handOver.answered(9000, true);
    handOver.pump(9100);
    handOver.ended(true);
    expect([logged.length, handOver.isDone, settled]).toEqual([25_000, true, [25_000, 0]]);
  });

  it("count as arrived only with a request that surely had them", () => {
    const { handOver, settled } = open();
    handOver.add(row(0));
    handOver.pump(1000);
    handOver.answered(2000, true);
    expect(settled).toEqual([0, 0]);
    handOver.answered(4000, true);
    expect(settled).toEqual([1, 0]);
  });

  it("count as lost with a failed request that may have had them", () => {
    const { handOver, settled } = open();
    handOver.add(row(0));
    handOver.pump(1000);
    handOver.answered(2000, false);
    expect(settled).toEqual([0, 1]);
  });
});
