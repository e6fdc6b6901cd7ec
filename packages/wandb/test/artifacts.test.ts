import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMlogError } from "@mlog/core";
import { type Fault, type WandbServer, startWandb } from "@mlog/test-servers/wandb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ArtifactContent } from "../src/artifacts/artifact.ts";
import { artifactName } from "../src/artifacts/artifact-name.ts";
import { describeArtifact } from "../src/artifacts/describe-artifact.ts";
import { downloadArtifact } from "../src/artifacts/download-artifact.ts";
import { uploadArtifact } from "../src/artifacts/upload-artifact.ts";
import type { HttpConnection } from "../src/client/connection.ts";
import { UPSERT_BUCKET } from "../src/client/operations.ts";
import { randomId } from "../src/artifacts/random-id.ts";
import { fastConnection } from "./fast-connection.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let server: WandbServer;
let connection: HttpConnection;
let runDir: string;

beforeEach(async () => {
  server = await startWandb();
  connection = fastConnection(server);
  runDir = temporaryFolder();
  const config = JSON.stringify({ _wandb: { value: { t: { "12": "1.0.0" } } } });
  await connection.graphql(UPSERT_BUCKET, { name: "run1", project: "proj", entity: "me", config });
});
afterEach(() => server.close());

function content(
  files: Readonly<Record<string, string>>,
  more: Partial<ArtifactContent> = {},
): ArtifactContent {
  return {
    name: "model.pt",
    type: "model",
    aliases: ["ep1-ba2"],
    metadata: JSON.stringify({ "timestamp/batch": 2 }),
    clientId: randomId(),
    sequenceClientId: randomId(),
    entries: Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    ...more,
  };
}

/** As a run does it: files first, then the record, then the upload. */
async function upload(artifact: ArtifactContent, where: string = runDir): ReturnType<typeof uploadArtifact> {
  const localPathOf = (path: string): string => join(runDir, "artifacts", artifact.clientId, path);
  for (const { path, bytes } of artifact.entries) {
    await mkdir(dirname(localPathOf(path)), { recursive: true });
    await writeFile(localPathOf(path), bytes!);
  }
  const record = await describeArtifact(artifact, ({ path }) => localPathOf(path));
  if (where !== runDir) {
    await cp(runDir, where, { recursive: true });
    await rm(runDir, { recursive: true });
  }
  const run = { entity: "me", project: "proj", runId: "run1", runDir: where, historyStep: null };
  return uploadArtifact(connection, record, run, AbortSignal.timeout(60_000));
}

function download(
  path: string,
  options: { overwrite?: boolean; name?: string; alias?: string } = {},
): Promise<void> {
  const { name = "model.pt", alias = "latest", ...rest } = options;
  return downloadArtifact(connection, { entity: "me", project: "proj", name, alias }, path, rest);
}

async function codeOf(failing: Promise<unknown>): Promise<string | undefined> {
  return failing.then(
    () => undefined,
    (error: unknown) => (isMlogError(error) ? error.code : String(error)),
  );
}

describe("an uploaded artifact", () => {
  it("is a version with its files, aliases and metadata", async () => {
    expect(await upload(content({ "a.txt": "a", "b/c.bin": "bc", empty: "" }))).toMatchObject({
      state: "COMMITTED",
    });

    server.assertNoViolations();
    const [artifact] = server.artifacts;
    expect(artifact).toMatchObject({ collection: "model.pt", type: "model", version: 0, stage: "committed" });
    expect([...artifact!.aliases]).toEqual(["ep1-ba2", "latest"]);
    expect(artifact!.metadata).toEqual({ "timestamp/batch": 2 });
    expect(artifact!.files.get("b/c.bin")!.bytes!.toString()).toBe("bc");
  });

  it("with new content is the next version, which takes over the alias latest", async () => {
    await upload(content({ a: "1" }));
    await upload(content({ a: "2" }, { aliases: [] }));

    server.assertNoViolations();
    expect(server.artifacts.map(({ version, aliases }) => [version, ...aliases])).toEqual([
      [0, "ep1-ba2"],
      [1, "latest"],
    ]);
  });

  it("with the content of an earlier version is not sent again", async () => {
    await upload(content({ a: "1" }));
    expect(await upload(content({ a: "1" }, { aliases: ["best"] }))).toMatchObject({ state: "DEDUPLICATED" });

    server.assertNoViolations();
    expect([...server.artifacts[0]!.aliases].sort()).toEqual(["best", "ep1-ba2", "latest"]);
  });

  it("gets another URL for a file whose URL has expired", async () => {
    server.faults.plan("PUT", { kind: "expired" });
    await upload(content({ a: "1", b: "2" }));

    server.assertNoViolations();
    expect(server.artifacts[0]!.stage).toBe("committed");
  });

  it("is complete though a third of the requests fail, half of them after they were processed", async () => {
    const faults: Fault[] = [false, true].flatMap((after): Fault[] => [
      { kind: "status", status: 500, after },
      { kind: "status", status: 429, retryAfter: 0.001, after },
      { kind: "reset", after },
    ]);
    server.faults.byChance({ share: 0.3, faults });
    for (let version = 0; version < 5; version++) await upload(content({ a: `${version}`, b: "same" }));

    server.assertNoViolations();
    expect(server.artifacts.map(({ version }) => version)).toEqual([0, 1, 2, 3, 4]);
  });

  it("is found in a run's folder that was moved", async () => {
    const moved = join(temporaryFolder(), "moved");
    await upload(content({ "a/b": "1" }), moved);

    server.assertNoViolations();
    expect(server.artifacts[0]!.files.get("a/b")!.bytes!.toString()).toBe("1");
  });

  it("whose file is gone is an error that says where it was looked for", async () => {
    const artifact = content({ a: "1" });
    const record = await describeArtifact(artifact, () => "/nowhere/a");
    const run = { entity: "me", project: "proj", runId: "run1", runDir, historyStep: 3 };
    const failing = uploadArtifact(connection, record, run, AbortSignal.timeout(60_000));
    await expect(failing).rejects.toMatchObject({ code: "FILE_NOT_FOUND", message: /\/nowhere\/a/ });
  });
});

describe("a downloaded artifact", () => {
  it.each(["latest", "v0", "ep1-ba2"])("is found by %s", async (alias) => {
    await upload(content({ "model.pt": "weights" }));
    const path = join(runDir, "got");
    await download(path, { alias });

    server.assertNoViolations();
    expect(await readFile(path, "utf8")).toBe("weights");
  });

  it("that does not exist is not found", async () => {
    await upload(content({ "model.pt": "weights" }));
    expect(await codeOf(download(join(runDir, "got"), { name: "other" }))).toBe("FILE_NOT_FOUND");
    expect(await codeOf(download(join(runDir, "got"), { alias: "best" }))).toBe("FILE_NOT_FOUND");
  });

  it("of several files is refused", async () => {
    await upload(content({ a: "1", b: "2" }));
    expect(await codeOf(download(join(runDir, "got")))).toBe("WANDB_ARTIFACT_AMBIGUOUS");
  });

  it("replaces a file only with overwrite", async () => {
    await upload(content({ "model.pt": "weights" }));
    const path = join(runDir, "got");
    await writeFile(path, "mine");
    expect(await codeOf(download(path))).toBe("FILE_EXISTS");
    expect(await readFile(path, "utf8")).toBe("mine");
    await download(path, { overwrite: true });
    expect(await readFile(path, "utf8")).toBe("weights");
  });

  it("is got again if its bytes arrive changed, and given up if they always do", async () => {
    await upload(content({ "model.pt": "weights" }));
    const path = join(runDir, "got");
    server.faults.plan("GET", { kind: "corrupt" }, 2);
    await download(path);
    expect(await readFile(path, "utf8")).toBe("weights");

    server.faults.plan("GET", { kind: "corrupt" }, Infinity);
    expect(await codeOf(download(path, { overwrite: true }))).toBe("WANDB_DOWNLOAD_CORRUPT");
    expect(await readFile(path, "utf8")).toBe("weights");
    expect((await readdir(runDir)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe("the name of an artifact", () => {
  it("stays as it is if W&B takes it", () => {
    expect(artifactName("run-a_b.c-1")).toBe("run-a_b.c-1");
  });

  it("loses what W&B does not take, and stays different from others", () => {
    const names = ["run-1-a/b", "run-1-a b", "run-1-ab", "x".repeat(300), "x".repeat(301)].map(artifactName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,128}$/);
    // As Python's client names it.
    expect(names[0]).toMatch(/^run-1-ab-[A-Za-z0-9_-]{6}$/);
  });
});
