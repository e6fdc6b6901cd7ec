import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { eventually, FAST, openRun, openServer } from "./open-run.ts";

const steps = (count: number): number[] => Array.from({ length: count }, (_, step) => step);

test("every row arrives, in order and once, however often the server fails or loses its answer", async () => {
  const server = await openServer();
  server.faults.byChance({
    share: 0.3,
    faults: [
      { kind: "status", status: 500 },
      { kind: "status", status: 502, after: true },
      { kind: "status", status: 429, retryAfter: 0 },
      { kind: "reset" },
      { kind: "reset", after: true },
    ],
  });
  const { logger, state } = openRun(server);
  logger.logHyperparameters({ lr: 1 });
  for (let i = 0; i < 300; i++) {
    logger.logMetrics({ i });
    state.nextBatch();
    // Many requests, and not one that carries all.
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await logger.close();
  server.assertNoViolations();
  expect(server.run("run1").rows.map((row) => row["i"])).toEqual(steps(300));
  expect(server.run("run1")).toMatchObject({ complete: true, exitCode: 0 });
});

describe.each([
  [400, "WANDB_REJECTED"],
  [401, "WANDB_UNAUTHORIZED"],
  [403, "WANDB_FORBIDDEN"],
  [404, "WANDB_NOT_FOUND"],
  [409, "WANDB_RUN_DELETED"],
  [410, "WANDB_REJECTED"],
  [413, "WANDB_REJECTED"],
  [422, "WANDB_REJECTED"],
  [501, "WANDB_REJECTED"],
])("a stream that the server refuses for good with %i", (status, code) => {
  test(`ends at once with ${code}, and is finished later from the folder, without duplicates`, async () => {
    const server = await openServer();
    const { logger, wandb, state, errors } = openRun(server);
    logger.logMetrics({ i: 0 });
    state.nextBatch();
    logger.logMetrics({ i: 1 });
    state.nextBatch();
    await eventually(() => server.run("run1").rows.length).toBe(1);
    server.faults.plan("file_stream", { kind: "status", status });
    logger.logMetrics({ i: 2 });
    state.nextBatch();
    logger.logMetrics({ i: 3 });
    const [delivery] = await logger.close();
    expect(errors.map((error) => error.code)).toEqual([code, "WANDB_NOT_SENT"]);
    expect(delivery).toMatchObject({ dropped: 0, resumeFrom: wandb.path });
    expect(delivery!.pending).toBeGreaterThan(0);
    expect(server.run("run1").complete).toBe(false);

    const options = { apiKey: server.apiKey, timing: FAST };
    expect(await uploadRun(wandb.path!, options)).toMatchObject({ complete: true, alreadySent: false });
    server.assertNoViolations();
    expect(server.run("run1").rows.map((row) => row["i"])).toEqual(steps(4));
    expect(server.run("run1")).toMatchObject({ complete: true, exitCode: 0 });
    const requests = server.exchanges.length;
    expect(await uploadRun(wandb.path!, options)).toMatchObject({ complete: true, alreadySent: true });
    expect(server.exchanges.length).toBe(requests);
  });
});

describe("a run that the server does not take", () => {
  test.each([
    ["no such entity", { entity: "nobody" }, {}, "WANDB_NOT_FOUND"],
    ["a forbidden project", { project: "secret" }, { forbidden: ["me/secret"] }, "WANDB_FORBIDDEN"],
    ["a deleted id", {}, { deleted: ["run1"] }, "WANDB_RUN_DELETED"],
    ["a wrong key", { apiKey: "x".repeat(40) }, {}, "WANDB_UNAUTHORIZED"],
  ])("because of %s", async (_, options, world, code) => {
    const server = await openServer(world);
    const { logger, wandb, errors } = openRun(server, options);
    logger.logMetrics({ loss: 1 });
    await expect(wandb.started()).rejects.toMatchObject({ code });
    const [delivery] = await logger.close();
    expect(errors[0]!.code).toBe(code);
    expect(delivery).toMatchObject({ delivered: 0, pending: 1, dropped: 0, resumeFrom: wandb.path });
    expect(existsSync(wandb.path!)).toBe(true);
    // Another attempt would end the same way.
    expect(server.exchanges.filter(({ call }) => call === "UpsertBucket").length).toBeLessThan(2);
  });

  test("because of an error that comes with status 200", async () => {
    const server = await openServer();
    server.faults.plan("UpsertBucket", { kind: "graphql errors", message: "permission denied" });
    const { logger, wandb, errors } = openRun(server);
    await expect(wandb.started()).rejects.toMatchObject({ code: "WANDB_REJECTED" });
    await logger.close();
    expect(errors[0]).toMatchObject({
      code: "WANDB_REJECTED",
      message: expect.stringContaining("permission denied") as string,
    });
  });
});

test("a conflict over the run that is none of a deleted one passes, if it does so soon", async () => {
  const server = await openServer();
  server.faults.plan("UpsertBucket", { kind: "status", status: 409 }, 2);
  const { logger, errors } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.close();
  expect(errors).toEqual([]);
  expect(server.run("run1")).toMatchObject({ complete: true, exitCode: 0 });

  server.faults.plan("UpsertBucket", { kind: "status", status: 409 }, Infinity);
  const other = openRun(server, { id: "run2" });
  await expect(other.wandb.started()).rejects.toMatchObject({ code: "WANDB_RUN_DELETED" });
});

test("an answer that is no JSON is asked for again", async () => {
  const server = await openServer();
  server.faults.plan("UpsertBucket", { kind: "malformed" });
  server.faults.plan("file_stream", { kind: "malformed" });
  const { logger, errors } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.close();
  expect(errors).toEqual([]);
  server.assertNoViolations();
  expect(server.run("run1").rows.length).toBe(1);
});

test("a pressed Stop is told once, and the run goes on", async () => {
  const server = await openServer();
  const { logger, wandb, state, errors } = openRun(server);
  await wandb.started();
  server.run("run1").stopped = true;
  for (let i = 0; i < 3; i++) {
    logger.logMetrics({ i });
    state.nextBatch();
    await eventually(() => server.run("run1").rows.length).toBe(i);
  }
  await logger.close();
  expect(errors.map((error) => error.code)).toEqual(["WANDB_STOPPED"]);
  expect(server.run("run1").rows.length).toBe(3);
});

test("the server's wish to wait goes before the own", async () => {
  const server = await openServer();
  server.faults.plan("file_stream", { kind: "status", status: 429, retryAfter: 1 });
  const { logger } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.close();
  // Rule F8 of the server: not before Retry-After.
  server.assertNoViolations();
  expect(server.run("run1").rows.length).toBe(1);
});

test("an expired URL of a file is replaced by a new one", async () => {
  const server = await openServer();
  server.faults.plan("PUT", { kind: "expired" });
  const { logger, errors } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.close();
  expect(errors).toEqual([]);
  server.assertNoViolations();
  expect(server.run("run1").file("wandb-metadata.json")).toBeDefined();
});

test("close() ends by its timeout when the server hangs, and says what is pending and where", async () => {
  const server = await openServer();
  const { logger, wandb, state, errors } = openRun(server);
  await wandb.started();
  server.faults.plan("file_stream", { kind: "hang" }, Infinity);
  for (let i = 0; i < 10; i++) {
    logger.logMetrics({ i });
    state.nextBatch();
  }
  const start = performance.now();
  const [delivery] = await logger.close({ timeout: 500 });
  expect(performance.now() - start).toBeLessThan(2000);
  expect(delivery).toMatchObject({ delivered: 0, pending: 10, dropped: 0, resumeFrom: wandb.path });
  await eventually(() => errors.map((error) => error.code)).toContain("WANDB_NOT_SENT");
  server.faults.clear();
  await uploadRun(wandb.path!, { apiKey: server.apiKey, timing: FAST });
  expect(server.run("run1").rows.map((row) => row["i"])).toEqual(steps(10));
  expect(server.run("run1").complete).toBe(true);
});
