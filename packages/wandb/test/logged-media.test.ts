import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, type State, image } from "@mlog/core";
import type { Artifact, Fault, Run, WandbServer } from "@mlog/test-servers/wandb";
import { describe, expect, test } from "vitest";
import { type Caption, uploadRun } from "../src/index.ts";
import { FAST, openRun, openServer } from "./open-run.ts";

const CLASSES = [
  [0, 1],
  [2, 1],
];
const PIXELS = [
  [0, 0.5],
  [0.25, 1],
];

/** Every kind of record but files. */
function logEverything(logger: Logger, state: State): void {
  logger.logHyperparameters({ lr: 0.1, nested: { depth: [1, 2] } });
  for (let step = 0; step < 3; step++) {
    logger.logMetrics({ loss: step === 1 ? NaN : 1 / (step + 1), inf: Infinity });
    logger.logTable(
      ["id", "text", "picture"],
      [
        [step, "x", image(PIXELS, { masks: { pred: CLASSES } })],
        [NaN, null, null],
      ],
      { name: "val/rows" },
    );
    const masks = { pred: CLASSES, truth: CLASSES };
    logger.logImages(PIXELS, {
      name: "list",
      masks,
      maskClassLabels: { 0: "bg", 1: "cat" },
      useTable: false,
    });
    logger.logImages(PIXELS, { name: "table", masks, useTable: true });
    logger.logHistogram("weights", [1, 2, 3, 4 + step], { bins: 3 });
    logger.logTraces({ note: { deep: ["a", step] } });
    state.nextBatch();
  }
}

/** What a server has of a run, without what is by chance: ids, times, and what the client says of its machine. */
function stateOf(run: Run, artifacts: readonly Artifact[]): unknown {
  const withoutIds = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, each: unknown) => {
        if (typeof each === "number" && !Number.isFinite(each)) return String(each);
        return /^_(?:timestamp|runtime|wandb)$|artifact_path$/.test(key) ? "by chance" : each;
      }),
    );
  return {
    rows: withoutIds(run.rows),
    summary: withoutIds(run.summary),
    config: run.plainConfig,
    labels: (run.config["_wandb"]!.value as Record<string, unknown>)["mask/class_labels"],
    files: [...run.files.keys()].sort((a, b) => (a < b ? -1 : 1)),
    exitCode: run.exitCode,
    artifacts: artifacts
      .map(({ collection, type, version, digest, aliases, files }) => ({
        collection,
        type,
        version,
        digest,
        aliases: [...aliases],
        files: [...files.keys()],
      }))
      .sort((a, b) => (`${a.collection} ${a.version}` < `${b.collection} ${b.version}` ? -1 : 1)),
  };
}

async function runOnline(server: WandbServer): Promise<unknown> {
  const { logger, state, errors } = openRun(server);
  logEverything(logger, state);
  await logger.close();
  // That a server is not there for a while is told, and no loss.
  expect(errors.filter(({ code }) => code !== "WANDB_UNREACHABLE")).toEqual([]);
  return stateOf(server.run("run1"), server.artifacts);
}

describe("tables, pictures, histograms and traces", () => {
  test("arrive as W&B wants them", async () => {
    const server = await openServer();
    await runOnline(server);
    server.assertNoViolations();

    const run = server.run("run1");
    expect(run.rows).toHaveLength(3);
    expect(run.rows[1]).toMatchObject({
      _step: 1,
      loss: NaN,
      inf: Infinity,
      "val/rows": { _type: "table-file", ncols: 3, nrows: 2 },
      list: { _type: "images/separated", count: 1, width: 2, height: 2 },
      "table Table": { _type: "table-file", ncols: 1, nrows: 1 },
      weights: { _type: "histogram", values: [2, 1, 1] },
      note: { deep: ["a", 1] },
    });
    const { labels } = stateOf(run, []) as { labels: Record<string, { value: unknown }> };
    expect(labels["list_wandb_delimeter_truth"]!.value).toEqual({ 0: "bg", 1: "cat" });
    // Equal content is one file and one version.
    expect([...run.files.keys()].filter((name) => name.startsWith("media/images/mask/"))).toHaveLength(3);
    expect(server.artifacts.map(({ stage }) => stage)).toEqual(server.artifacts.map(() => "committed"));
  });

  test("have captions where the option gives some, in a list and in a table", async () => {
    const server = await openServer();
    const { logger, errors } = openRun(server, {
      caption: ({ name, index, step }) => (index === 1 ? `${name} ${step}` : undefined),
    });
    const two = { data: Uint8Array.from({ length: 8 }, (_, i) => i), shape: [2, 1, 2, 2] };
    logger.logImages(two, { name: "list", step: 4, useTable: false });
    logger.logImages(two, { name: "table", step: 4 });
    logger.logImages(PIXELS, { name: "alone", step: 4, useTable: false });
    await logger.close();
    expect(errors).toEqual([]);
    server.assertNoViolations();
    const [row] = server.run("run1").rows;
    expect(row).toMatchObject({ list: { captions: ["", "list 4"] } });
    expect(row!["alone"]).not.toHaveProperty("captions");
    const [artifact] = server.artifacts;
    const table = [...artifact!.files.values()].find(({ name }) => name.endsWith(".table.json"));
    const { data } = JSON.parse(String(table!.bytes)) as { data: object[][] };
    expect(data.map(([cell]) => (cell as { caption?: string }).caption)).toEqual([undefined, "table 4"]);
  });

  const fail: Caption = () => {
    throw new Error("no idea");
  };
  test.for<[caption: unknown, reason: RegExp]>([
    [() => 5, /the caption of picture 0 of "x" must be a string, not 5/],
    [fail, /no idea/],
  ])("come without captions if these fail, which is told", async ([caption, reason]) => {
    const server = await openServer();
    const { logger, errors } = openRun(server, { caption: caption as Caption });
    logger.logImages(PIXELS, { name: "x", useTable: false });
    await logger.close();
    expect(errors).toEqual([
      { code: "WANDB_CAPTION_FAILED", message: expect.stringMatching(reason) as string },
    ]);
    expect(server.run("run1").rows[0]).toMatchObject({ x: { _type: "images/separated", count: 1 } });
  });

  test("arrive the same from an offline run that is uploaded later", async () => {
    const online = await runOnline(await openServer());
    const server = await openServer();
    const { logger, wandb, state, errors } = openRun(server, { mode: "offline" });
    logEverything(logger, state);
    await logger.close();
    expect(errors).toEqual([]);
    expect(server.runs).toEqual([]);

    const { baseUrl, apiKey } = server;
    const copies = join(wandb.path!, "artifacts");
    expect(existsSync(copies)).toBe(true);
    await uploadRun(wandb.path!, { baseUrl, apiKey, timing: FAST });
    server.assertNoViolations();
    expect(stateOf(server.run("run1"), server.artifacts)).toEqual(online);
    expect(existsSync(copies)).toBe(false);
  });

  test("arrive though a third of the requests fail, half of them after they were processed", async () => {
    const online = await runOnline(await openServer());
    const server = await openServer();
    const faults: Fault[] = [false, true].flatMap((after): Fault[] => [
      { kind: "status", status: 500, after },
      { kind: "status", status: 429, retryAfter: 0.01, after },
      { kind: "reset", after },
    ]);
    server.faults.byChance({ share: 0.3, faults });
    const faulty = await runOnline(server);
    server.assertNoViolations();
    expect(faulty).toEqual(online);
  });
});

describe("files of a run with logArtifacts", () => {
  test("are artifacts under clean names, with aliases, type and metadata of the moment, and can be got back", async () => {
    const server = await openServer();
    const { logger, wandb, state, errors } = openRun(server, { logArtifacts: true });
    state.nextBatch({ samples: 32 });
    const source = join(wandb.path!, "weights");
    await writeFile(source, "first");
    const first = logger.uploadFile("models/{run_name}.pt", source);
    await first.staged;
    await writeFile(source, "second");
    const second = logger.uploadFile("models/{run_name}.pt", source, { overwrite: true });
    expect(await first.uploaded).toEqual([expect.objectContaining({ destination: "wandb", size: 5 })]);
    await second.uploaded;

    const target = join(wandb.path!, "got");
    await logger.downloadFile("models/a run.pt:v0", target);
    expect(readFileSync(target, "utf8")).toBe("first");
    await logger.downloadFile("models/a run.pt", target, { overwrite: true });
    expect(readFileSync(target, "utf8")).toBe("second");
    await expect(logger.downloadFile("models/none.pt", target)).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });

    await logger.close();
    server.assertNoViolations();
    expect(errors.map(({ code }) => code)).toEqual(["WANDB_NAME_CHANGED"]);
    expect(errors[0]!.message).toContain('"models.a.run.pt"');
    expect(existsSync(join(wandb.path!, "staged"))).toBe(false);
    expect(
      server.artifacts.map(({ collection, type, version, aliases }) => ({
        collection,
        type,
        version,
        aliases: [...aliases],
      })),
    ).toEqual([
      { collection: "models.a.run.pt", type: "model", version: 0, aliases: [] },
      { collection: "models.a.run.pt", type: "model", version: 1, aliases: ["ep0-ba1", "latest"] },
    ]);
    expect(server.artifacts[0]!.metadata).toMatchObject({ "timestamp/batch": 1, "timestamp/sample": 32 });
  });
});
