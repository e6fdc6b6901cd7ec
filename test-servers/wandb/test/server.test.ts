import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WandbServer, startWandb } from "../index.ts";
import { Client, row } from "./client.ts";

let server: WandbServer;
let client: Client;

beforeEach(async () => {
  server = await startWandb({ deleted: ["gone"], forbidden: ["me/secret"], features: ["FILESTREAM_GZIP"] });
  client = new Client(server);
});
afterEach(() => server.close());

describe("a server for W&B clients", () => {
  it("takes a run from its start to its end without a violation", async () => {
    await client.call("Viewer");
    await client.call("ServerFeaturesQuery");
    await client.upsert(
      { displayName: "first", groupName: "group", tags: ["a"], notes: "n" },
      { lr: { value: 0.1 } },
    );
    await client.history(0, [row(0), row(1)]);
    await client.history(2, [row(5)]);
    await client.upsert({ displayName: null }, { lr: { value: 0.1 }, depth: { value: [1, 2] } });
    await client.sendFiles({ "config.yaml": Buffer.from("lr: 0.1"), "empty.txt": Buffer.alloc(0) });
    await client.complete(3, ["config.yaml", "empty.txt"]);

    server.assertNoViolations();
    const run = server.run("run1");
    expect(run.rows.map(({ _step, loss }) => [_step, loss])).toEqual([
      [0, 1],
      [1, 0.5],
      [5, 1 / 6],
    ]);
    expect(run).toMatchObject({ displayName: "first", group: "group", tags: ["a"], notes: "n", exitCode: 3 });
    expect(run.plainConfig).toEqual({ lr: 0.1, depth: [1, 2] });
    expect(run.summary).toMatchObject({ loss: 1 / 6, _step: 5 });
    expect(run.file("config.yaml")?.toString()).toBe("lr: 0.1");
  });

  it("tells the viewer's entity and its features", async () => {
    expect((await client.call("Viewer")).body.data).toMatchObject({
      viewer: { entity: "me", username: "me" },
    });
    expect((await client.call("ServerFeaturesQuery")).body.data).toEqual({
      serverInfo: { features: [{ name: "FILESTREAM_GZIP", isEnabled: true }] },
    });
  });

  it("puts a run into the viewer's entity if it names none", async () => {
    const { body } = await client.upsert({ entity: null, project: null });
    expect(body.data).toMatchObject({
      upsertBucket: {
        inserted: true,
        bucket: { name: "run1", project: { name: "uncategorized", entity: { name: "me" } } },
      },
    });
    server.assertNoViolations();
  });

  it.each([
    ["409 for the id of a deleted run", { name: "gone" }, 409],
    ["403 for a forbidden project", { project: "secret" }, 403],
    ["404 for an unknown entity", { entity: "nobody" }, 404],
  ])("answers %s, which is no violation", async (_, variables, status) => {
    const reply = await client.upsert(variables);
    expect(reply.status).toBe(status);
    expect(reply.body.errors).toHaveLength(1);
    server.assertNoViolations();
  });

  it("answers 401 for a wrong key, which is no violation", async () => {
    const stranger = new Client({ ...server, apiKey: "x".repeat(40) });
    expect((await stranger.call("Viewer")).status).toBe(401);
    server.assertNoViolations();
  });

  it("gives what a resumed run needs, with tails as texts of arrays of texts", async () => {
    expect((await client.resumeStatus()).body.data).toEqual({ model: null });
    await client.upsert({ tags: ["a"] });
    await client.history(0, [row(0), row(1)]);
    const { body } = await client.resumeStatus();
    const { bucket } = (body.data as unknown as { model: { bucket: Record<string, string> } }).model;
    expect(bucket).toMatchObject({ historyLineCount: 2, tags: ["a"], wandbConfig: '{"t":{"12":"1.0.0"}}' });
    expect(
      (JSON.parse(bucket["historyTail"]!) as string[]).map((line) => JSON.parse(line) as unknown),
    ).toEqual([row(0), row(1)]);

    await client.upsert({ id: bucket["id"] });
    await client.history(2, [row(2)]);
    await client.complete();
    server.assertNoViolations();
    expect(server.run("run1").rows).toHaveLength(3);
  });

  it("keeps NaN, infinities and long integers of rows and config", async () => {
    await client.upsert({ config: '{"a":{"value":NaN},"_wandb":{"value":{"t":{"1":[]}}}}' });
    const line =
      '{"nan":NaN,"inf":Infinity,"ninf":-Infinity,"big":1152921504606846976,"_step":0,"_runtime":0,"_timestamp":1}';
    await client.stream({ files: { "wandb-history.jsonl": { offset: 0, content: [line] } } });
    expect(server.run("run1").rows).toEqual([
      { nan: NaN, inf: Infinity, ninf: -Infinity, big: 2n ** 60n, _step: 0, _runtime: 0, _timestamp: 1 },
    ]);
    expect(server.run("run1").plainConfig).toEqual({ a: NaN });
    const media = '{"_type":"histogram","values":[1152921504606846976]}';
    const last = `{"h":${media},"_step":1,"_runtime":0,"_timestamp":1}`;
    const summary = `{"nan":NaN,"inf":Infinity,"ninf":-Infinity,"big":1152921504606846976,"h":${media},"_step":1}`;
    await client.stream({
      files: {
        "wandb-history.jsonl": { offset: 1, content: [last] },
        "wandb-summary.json": { offset: 0, content: [summary] },
      },
    });
    expect((await client.complete()).status).toBe(200);
    const { body } = await client.resumeStatus();
    expect(body.data).toMatchObject({
      model: { bucket: { config: expect.stringContaining('{"a":{"value":NaN}') } },
    });
    server.assertNoViolations();
  });

  it("tells a run that was stopped", async () => {
    await client.upsert();
    server.run("run1").stopped = true;
    expect((await client.stream({})).body.stopped).toBe(true);
    const asked = await client.call("RunStoppedStatus", {
      entityName: "me",
      projectName: "proj",
      runId: "run1",
    });
    expect(asked.body.data).toEqual({ project: { run: { stopped: true } } });
  });

  it("shows people what has arrived, and nothing of it acts on them", async () => {
    await client.upsert({ displayName: "<b>bold</b>" }, { lr: { value: 0.1 } });
    await client.history(0, [row(0), row(1)]);
    await client.sendFiles({ "media/a b.png": Buffer.from("png") });
    const list = await fetch(server.baseUrl);
    const [, path] = /href="([^"]+)"/.exec(await list.text()) ?? [];
    expect(path).toBe("/me/proj/runs/run1");
    const page = await fetch(server.baseUrl + path);
    const text = await page.text();
    expect(text).toContain("&lt;b&gt;bold&lt;/b&gt;");
    expect(text).not.toContain("<b>");
    expect(text).toContain("loss: 2 values");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const picture = await fetch(`${server.baseUrl}/me/proj/runs/run1/files/media/a%20b.png`);
    expect([picture.headers.get("content-type"), await picture.text()]).toEqual(["image/png", "png"]);
    expect((await fetch(`${server.baseUrl}/me/proj/runs/other`)).status).toBe(404);
  });
});
