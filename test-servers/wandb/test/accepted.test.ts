import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WandbServer, startWandb } from "../index.ts";
import { ArtifactClient } from "./artifact-client.ts";
import { Client } from "./client.ts";
import { LINES, historyOf, rawStream } from "./requests.ts";

let server: WandbServer;
let client: Client;
/** In ms. */
let now: number;

beforeEach(async () => {
  now = 1_000_000;
  server = await startWandb({ now: () => now });
  client = new Client(server);
});
afterEach(() => server.close());

describe("a server for W&B clients takes as right", () => {
  it("the same request again after a failure, and after Retry-After", async () => {
    await client.upsert();
    server.faults.plan("file_stream", { kind: "status", status: 500, after: true });
    server.faults.plan("file_stream", { kind: "status", status: 429, retryAfter: 2 });
    await client.stream(historyOf(LINES));
    await client.stream(historyOf(LINES));
    now += 2000;
    expect((await client.stream(historyOf(LINES))).status).toBe(200);
    server.assertNoViolations();
    expect(server.run("run1").history).toEqual(LINES);
  });

  it("the end once more if its answer was lost", async () => {
    await client.upsert();
    server.faults.plan("file_stream", { kind: "reset", after: true });
    await client.complete(1).catch(() => undefined);
    await client.complete(1);
    server.assertNoViolations();
    expect(server.run("run1").exitCode).toBe(1);
  });

  it("one more request with nothing but the end after the limit of metrics", async () => {
    await client.upsert();
    const errorCode = "run_metric_limit_exceeded";
    server.faults.plan("file_stream", { kind: "status", status: 400, errorCode });
    const refused = await client.stream(historyOf(LINES));
    expect(refused.headers.get("x-wandb-error-code")).toBe(errorCode);
    await client.stream({ complete: true, exitcode: 0 });
    server.assertNoViolations();
  });

  it("other content of a file, and the same after its answer was lost", async () => {
    await client.upsert();
    await client.sendFiles({ a: Buffer.from("1") });
    await client.sendFiles({ a: Buffer.from("2") });
    server.faults.plan("PUT", { kind: "reset", after: true });
    await client.sendFiles({ a: Buffer.from("3") }).catch(() => undefined);
    await client.sendFiles({ a: Buffer.from("3") });
    server.assertNoViolations();
    expect(server.run("run1").file("a")!.toString()).toBe("3");
  });

  it("a second question for URLs if the answer to the first never came", async () => {
    await client.upsert();
    for (const fault of [{ kind: "hang", after: true }, { kind: "hang" }] as const) {
      server.faults.plan("CreateRunFiles", fault);
      await expect(client.createFiles(["a"], AbortSignal.timeout(50))).rejects.toThrow(/timeout/);
    }
    await client.sendFiles({ a: Buffer.from("1") });
    expect(server.violations).toEqual([]);
  });

  it("a compressed body if it has the feature", async () => {
    await using other = await startWandb({ features: ["FILESTREAM_GZIP"] });
    client = new Client(other);
    server = other;
    await client.upsert();
    expect(
      await rawStream(server, gzipSync(JSON.stringify(historyOf(LINES))), { "content-encoding": "gzip" }),
    ).toBe(200);
    other.assertNoViolations();
    expect(other.run("run1").history).toEqual(LINES);
  });

  it("a question about features that it is too old for", async () => {
    await using old = await startWandb({ lacks: ["serverInfo"] });
    const reply = await new Client(old).call("ServerFeaturesQuery");
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toHaveLength(1);
    old.assertNoViolations();
  });

  it("an artifact that is begun anew", async () => {
    await client.upsert();
    const artifact = new ArtifactClient(client, { a: Buffer.from("a") });
    await artifact.create();
    await artifact.announce();
    await artifact.sendFiles();
    await artifact.send();
    await artifact.create();
    expect(artifact.state).toBe("COMMITTED");
    server.assertNoViolations();
  });

  it("an artifact of the wrong type, which it refuses", async () => {
    await client.upsert();
    await new ArtifactClient(client, { a: Buffer.from("a") }).send();
    const other = new ArtifactClient(client, { b: Buffer.from("b") });
    await other.create({ artifactTypeName: "dataset" });
    expect(other.id).toBe("");
    server.assertNoViolations();
  });
});
