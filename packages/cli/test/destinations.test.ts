import { BlobServiceClient } from "@azure/storage-blob";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { AzureBlobLogger } from "@mlog/azure";
import { Logger, State } from "@mlog/core";
import { readRun } from "@mlog/file";
import { S3Logger } from "@mlog/s3";
import { startAzure } from "@mlog/test-servers/azure";
import { startS3 } from "@mlog/test-servers/s3";
import { startWandb } from "@mlog/test-servers/wandb";
import { WandBLogger } from "@mlog/wandb";
import { expect, onTestFinished, test } from "vitest";
import { asProcess, type Said, temporaryFolder, writeRun } from "./mlog.ts";

/** The command in a folder of its own, as a process that sees nothing of the environment but what is given. */
async function mlogIn(
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Omit<Said, "json">> {
  const child = spawn(process.execPath, [...asProcess, ...args], { cwd, env: { HOME: cwd, ...env } });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => (said[name] += chunk.toString()));
  }
  const code = await new Promise<number>((resolve) => child.on("close", resolve));
  return { code, ...said };
}

async function s3(): Promise<{
  readonly server: Awaited<ReturnType<typeof startS3>>;
  readonly env: Readonly<Record<string, string>>;
}> {
  const server = await startS3();
  onTestFinished(() => server.close());
  const { endpoint, region, credentials } = server;
  return {
    server,
    env: {
      S3_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  };
}

async function metricsAt(path: string): Promise<unknown[]> {
  const metrics: unknown[] = [];
  for await (const record of readRun(path)) {
    if (record.type === "metrics") metrics.push({ step: record.step, ...record.metrics });
  }
  return metrics;
}

test("a run that was logged offline reaches S3, and reads the same when it is downloaded", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const { server, env } = await s3();
  const said = await mlogIn(root, env, "replay", path, "--to", "s3://mlog/runs");
  expect(said).toMatchObject({ code: 0 });
  const bucket = server.buckets.get("mlog")!;
  const folder = join(root, "downloaded");
  mkdirSync(folder);
  for (const key of bucket.keys("runs/run=run/rank=0/")) {
    writeFileSync(join(folder, basename(key)), bucket.object(key).content.bytes());
  }
  expect(await metricsAt(folder)).toEqual(await metricsAt(path));
  expect(said.stdout + said.stderr).not.toContain(server.credentials.secretAccessKey);
});

test("upload finishes what a process could not upload to S3", async () => {
  const root = temporaryFolder();
  const { server, env } = await s3();
  const file = join(root, "weights.bin");
  writeFileSync(file, "weights");
  // Nobody answers there, and the process ends.
  const logger = new Logger(
    new State({ runName: "run", ranks: { rank: 0 } }),
    new S3Logger("s3://mlog/left", {
      endpoint: "http://127.0.0.1:1",
      region: server.region,
      credentials: server.credentials,
      stagingFolder: join(root, ".mlog", "uploads"),
      checkAtStart: false,
    }),
    { onError: () => undefined },
  );
  await logger.uploadFile("weights.bin", file).staged;
  await logger.close({ timeout: 500 }).catch(() => undefined);

  const dry = await mlogIn(root, env, "upload", "--dry-run");
  expect(dry.stdout).toMatch(/^to upload: .*s3:\/\/mlog\/left/);
  expect(server.buckets.get("mlog")!.keys("left")).toEqual([]);
  const said = await mlogIn(root, env, "upload");
  expect(said).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^uploaded: .*1 files to s3:/) as string,
  });
  const { content } = server.buckets.get("mlog")!.object("left/weights.bin");
  expect(content.bytes().toString()).toBe("weights");
  expect(await mlogIn(root, env, "upload")).toMatchObject({ code: 0, stdout: "" });
});

test("a run reaches Azure by replay, and what a process could not upload there by upload", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const server = await startAzure();
  onTestFinished(() => server.close());
  const { connectionString } = server;
  const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString };
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const container = service.getContainerClient("mlog");
  await container.create();

  const replayed = await mlogIn(root, env, "replay", path, "--to", "azure://mlog/runs");
  expect(replayed).toMatchObject({ code: 0 });
  const folder = join(root, "downloaded");
  mkdirSync(folder);
  for await (const { name } of container.listBlobsFlat({ prefix: "runs/run=run/rank=0/" })) {
    await container.getBlobClient(name).downloadToFile(join(folder, basename(name)));
  }
  expect(await metricsAt(folder)).toEqual(await metricsAt(path));

  const file = join(root, "weights.bin");
  writeFileSync(file, "weights");
  // There is no such container yet, and the process ends.
  const logger = new Logger(
    new State({ runName: "run", ranks: { rank: 0 } }),
    new AzureBlobLogger("azure://later/left", {
      connectionString,
      stagingFolder: join(root, ".mlog", "uploads"),
      checkAtStart: false,
    }),
    { onError: () => undefined },
  );
  await logger.uploadFile("weights.bin", file).staged;
  await logger.close({ timeout: 500 }).catch(() => undefined);

  const later = service.getContainerClient("later");
  await later.create();
  const uploaded = await mlogIn(root, env, "upload");
  expect(uploaded).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^uploaded: .*1 files to /) as string,
  });
  const content = await later.getBlobClient("left/weights.bin").downloadToBuffer();
  expect(content.toString()).toBe("weights");
  for (const { stdout, stderr } of [replayed, uploaded]) {
    expect(stdout + stderr).not.toContain(server.accountKey);
  }
});

test("a run reaches W&B by replay, and one that was offline by upload", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const server = await startWandb({ pace: { requestsPerSecond: Infinity } });
  onTestFinished(() => server.close());
  const { baseUrl, apiKey } = server;
  const env = { WANDB_BASE_URL: baseUrl, WANDB_API_KEY: apiKey };
  const said = await mlogIn(root, { ...env, WANDB_RUN_ID: "replayed" }, "replay", path, "--to", "wandb:demo");
  expect(said).toMatchObject({ code: 0 });
  expect(server.run("replayed").rows.filter((row) => "loss" in row)).toHaveLength(6);
  expect(said.stdout + said.stderr).not.toContain(server.apiKey);

  const logger = new Logger(
    new State({ runName: "offline", ranks: { rank: 0 } }),
    new WandBLogger({ dir: root, mode: "offline", project: "demo", id: "offline1", apiKey, baseUrl }),
  );
  logger.logMetrics({ loss: 0.5 }, { step: 3 });
  await logger.close();
  const folder = readdirSync(join(root, "wandb")).find((name) => name.includes("offline1"))!;
  const uploaded = await mlogIn(root, env, "upload", join("wandb", folder));
  expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringContaining("uploaded: ") as string });
  expect(server.run("offline1").rows).toMatchObject([{ loss: 0.5, _step: 3 }]);
});

test("TensorBoard and the console are served at once", async () => {
  const root = temporaryFolder();
  const path = await writeRun(root, "run");
  const said = await mlogIn(root, {}, "replay", path, "--to", "tensorboard:tb", "--to", "console");
  expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining("Train loss: 0.16667") as string });
  expect(readdirSync(join(root, "tb", "run"))).toHaveLength(1);
});
