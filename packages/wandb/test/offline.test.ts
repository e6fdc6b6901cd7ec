import { existsSync, readdirSync, renameSync, truncateSync, statSync } from "node:fs";
import { join } from "node:path";
import { State } from "@mlog/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { RecordSource } from "../src/sender/record-source.ts";
import type { WandbRecord } from "../src/wandb-file/messages.ts";
import { FAST, openRun, openServer, type OpenRun } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A run as plain data: what is called, in order. */
const calls = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ step: fc.nat(30), metrics: metrics() }) },
    {
      weight: 1,
      arbitrary: fc.record({ config: fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.nat(30), histogram: fc.array(fc.float(), { minLength: 1 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.nat(30), table: fc.array(fc.integer(), { maxLength: 3 }) }),
    },
  ),
  { maxLength: 20 },
);
type Call = (typeof calls extends fc.Arbitrary<infer T> ? T : never)[number];

function metrics(): fc.Arbitrary<Record<string, number>> {
  const names = fc.oneof(fc.constantFrom("loss", "acc", "a/b", "a.b"), fc.string({ minLength: 1 }));
  const values = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity));
  return fc.dictionary(names, values, { minKeys: 1, maxKeys: 4 });
}

function log({ logger }: OpenRun, run: readonly Call[]): void {
  for (const call of run) {
    if ("metrics" in call) logger.logMetrics(call.metrics, { step: call.step });
    else if ("config" in call) logger.logHyperparameters(call.config);
    else if ("histogram" in call) logger.logHistogram("h", call.histogram, { step: call.step });
    else
      logger.logTable(
        ["a"],
        call.table.map((cell) => [cell]),
        { name: "t", step: call.step },
      );
  }
}

test("an online run, and an offline one that is uploaded, leave the same on the server", async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (run) => {
      const server = await openServer();
      let time = 1_700_000_000_000;
      const stateOf = (): State => new State({ runName: "r", now: () => (time += 125) });
      const online = openRun(server, { id: "online" }, stateOf());
      log(online, run);
      await online.logger.close();
      time = 1_700_000_000_000;
      const offline = openRun(server, { id: "offline", mode: "offline" }, stateOf());
      log(offline, run);
      await offline.logger.close();
      const uploaded = await uploadRun(offline.wandb.path!, { apiKey: server.apiKey, timing: FAST });
      expect(uploaded).toMatchObject({ runId: "offline", complete: true, alreadySent: false });
      server.assertNoViolations();
      const [first, second] = [server.run("online"), server.run("offline")];
      // Tables have ids by chance.
      const withoutIds = (value: unknown): string =>
        JSON.stringify({ value })
          .replaceAll(/[a-z0-9]{128}/g, "id")
          .replaceAll(/(on|off)line/g, "run");
      expect(withoutIds(second.history)).toEqual(withoutIds(first.history));
      expect(withoutIds(second.summaryText)).toEqual(withoutIds(first.summaryText));
      expect(second.plainConfig).toEqual(first.plainConfig);
      expect(second.exitCode).toEqual(first.exitCode);
      expect(withoutIds([...second.files.keys()].sort())).toEqual(withoutIds([...first.files.keys()].sort()));
    }),
    { numRuns: Number(process.env["WANDB_RUNS"] ?? 10) },
  );
});

test("an offline run needs no server and no key, and its file says everything", async () => {
  const { logger, wandb, errors } = openRun(
    { baseUrl: "http://127.0.0.1:9", apiKey: "unused" },
    { mode: "offline" },
  );
  logger.logHyperparameters({ lr: 0.5 });
  logger.logMetrics({ loss: 1 }, { step: 2 });
  logger.logMetrics({ loss: NaN }, { step: 5 });
  const [delivery] = await logger.close({ error: new Error("out of memory") });
  expect(errors).toEqual([]);
  expect(delivery).toEqual({
    destination: "wandb",
    delivered: 3,
    pending: 0,
    dropped: 0,
    resumeFrom: wandb.path,
  });
  expect(wandb.path).toMatch(/wandb\/offline-run-\d{8}_\d{6}-run1$/);
  expect(await wandb.started()).toBeUndefined();
  const records = recordsOf(wandb.path!);
  expect(records.map((record) => Object.keys(record).find((name) => name !== "num"))).toEqual(
    "header run files config history summary history summary files exit final footer".split(" "),
  );
  expect(records.map((record) => record.num)).toEqual(records.map((_, i) => i + 1));
  expect(records[1]!.run).toMatchObject({ run_id: "run1", project: "proj", display_name: "a run" });
  expect(records[6]!.history).toMatchObject({
    item: [{ key: "loss", value_json: "NaN" }, { key: "_step", value_json: "5" }, {}, {}],
    step: { num: 5 },
  });
  expect(records[9]!.exit).toMatchObject({ exit_code: 1 });
  expect(readdirSync(join(wandb.path!, "files")).sort()).toEqual([
    "config.yaml",
    "wandb-metadata.json",
    "wandb-summary.json",
  ]);
});

test("a folder that was moved is uploaded all the same", async () => {
  const server = await openServer();
  const { logger, wandb } = openRun(server, { mode: "offline" });
  logger.logTable(["a"], [[1]], { name: "t", step: 0 });
  await logger.close();
  const moved = join(temporaryFolder(), "elsewhere");
  renameSync(wandb.path!, moved);
  expect(await uploadRun(moved, { apiKey: server.apiKey, timing: FAST })).toMatchObject({ complete: true });
  server.assertNoViolations();
});

test("a file that was cut off is uploaded as far as it goes, as a failed run", async () => {
  const server = await openServer();
  const { logger, wandb } = openRun(server, { mode: "offline" });
  for (let step = 0; step < 100; step++) logger.logMetrics({ step }, { step });
  await logger.close();
  const path = join(wandb.path!, "run-run1.wandb");
  truncateSync(path, Math.floor(statSync(path).size / 2));
  await uploadRun(wandb.path!, { apiKey: server.apiKey, timing: FAST });
  const { rows, exitCode } = server.run("run1");
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.map((row) => row["step"])).toEqual(rows.map((_, i) => i));
  expect(exitCode).toBe(1);
});

test("a folder without a run is refused, and so is one whose run is still logged", async () => {
  const empty = temporaryFolder();
  await expect(uploadRun(empty)).rejects.toMatchObject({ code: "WANDB_FOLDER_INVALID" });
  const server = await openServer();
  const { logger, wandb } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.flush();
  await expect(uploadRun(wandb.path!, { apiKey: server.apiKey })).rejects.toMatchObject({
    code: "WANDB_RUN_ACTIVE",
  });
  await logger.close();
  expect(existsSync(join(wandb.path!, "run-run1.wandb.synced"))).toBe(true);
});

function recordsOf(folder: string): WandbRecord[] {
  const source = new RecordSource(join(folder, "run-run1.wandb"));
  const records: WandbRecord[] = [];
  for (let record = source.next(); record !== undefined; record = source.next()) records.push(record);
  source.close();
  return records;
}
