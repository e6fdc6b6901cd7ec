import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { MemoryObjectStore } from "@mlog/object-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startViewer, type Viewer, type ViewerOptions } from "../src/index.ts";
import { decodeCurves, type LiveMessage, type RunSummary } from "../src/protocol.ts";
import { logRun } from "./sample-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "mlog-server-"));
const runs = join(folder, "runs");
const secret = join(folder, "secret.jsonl");
let viewer: Viewer;
let all: RunSummary[];

beforeAll(async () => {
  await logRun({ root: runs, runName: "one", steps: 40 });
  for (const rank of [0, 1])
    await logRun({ root: runs, runName: "pair", rank, worldSize: 2, steps: 20, media: false });
  writeFileSync(secret, '{"v":1,"type":"output","text":"secret"}\n');
  mkdirSync(join(runs, "linked"));
  symlinkSync(secret, join(runs, "linked/logs-rank0.jsonl"));
  viewer = await startViewer({ folder: runs, cacheFolder: null });
  all = await caughtUp(viewer);
});
afterAll(async () => {
  await viewer.close();
  rmSync(folder, { recursive: true });
});

interface Reply {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

/** Asks with headers that `fetch` would not let through. */
function ask(to: Viewer, path: string, headers: Record<string, string> = {}, body?: string): Promise<Reply> {
  const token = to.url.split("#token=")[1]!;
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: to.port,
      path,
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
    };
    request(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on("error", reject)
      .end(body);
  });
}

/** Follows the viewer until `isDone`, and gives all runs as of then. */
async function follow(
  to: Viewer,
  isDone: (runs: RunSummary[], message: LiveMessage) => boolean,
): Promise<RunSummary[]> {
  const token = to.url.split("#token=")[1]!;
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${to.port}/api/live`, {
    headers: { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  const found = new Map<string, RunSummary>();
  let rest = "";
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const message = JSON.parse(data) as LiveMessage;
      for (const run of message.runs) found.set(run.id, run);
      for (const id of message.gone) found.delete(id);
      if (!isDone([...found.values()], message)) continue;
      abort.abort();
      return [...found.values()];
    }
  }
  throw new Error("the viewer ended the stream");
}

function caughtUp(to: Viewer): Promise<RunSummary[]> {
  return follow(
    to,
    (found, message) => message.caughtUp && found.length > 0 && found.every((run) => run.bytes > 0),
  );
}

describe("what a viewer serves", () => {
  it("is every run, with the ranks of one together", () => {
    expect(
      all
        .map(({ name, ranks, status, step }) => [name, ranks, status, step])
        .sort(([a], [b]) => String(a).localeCompare(String(b))),
    ).toEqual([
      ["one", [0], "ended", 40],
      ["pair", [0, 1], "ended", 20],
    ]);
  });

  it("are curves of all ranks", async () => {
    const run = all.find(({ name }) => name === "pair")!.id;
    const body = JSON.stringify({ curves: [{ run, metric: "loss/train" }], axis: "step", points: 100 });
    const reply = await ask(viewer, "/api/curves", {}, body);
    const curves = decodeCurves(new Uint8Array(reply.body).buffer);
    expect(curves.map(({ rank, total, step }) => [rank, total, step.length])).toEqual([
      [0, 20, 20],
      [1, 20, 20],
    ]);
  });

  it("grows with a log, without the run being read again", async () => {
    const root = join(folder, "growing");
    cpSync(join(runs, "one"), join(root, "one"), { recursive: true });
    await using live = await startViewer({ folder: root, cacheFolder: null });
    const [before] = await caughtUp(live);
    const line = {
      v: 1,
      type: "metrics",
      seq: 900,
      time: 1e12,
      step: 777,
      epoch: 0,
      batch: 777,
      sample: 0,
      token: 0,
    };
    appendFileSync(
      join(root, "one/logs-rank0.jsonl"),
      `${JSON.stringify({ ...line, metrics: { late: 1 } })}\n`,
    );
    const [after] = await follow(live, ([run]) => run?.step === 777);
    expect(before!.step).toBe(40);
    expect(after!.metrics.find(({ name }) => name === "late")).toMatchObject({ count: 1, last: 1 });
  });

  it("is there again at once after a restart, from what was kept", async () => {
    const cacheFolder = join(folder, "cache");
    const started = once(process, "worker") as Promise<[Worker]>;
    const first = await startViewer({ folder: runs, cacheFolder });
    const exited = once((await started)[0], "exit");
    const before = await caughtUp(first);
    await first.close();
    // By itself: nothing of what is kept was being written.
    expect(await exited).toEqual([0]);
    await using second = await startViewer({ folder: runs, cacheFolder });
    expect((await caughtUp(second)).sort(byName)).toEqual(before.sort(byName));
  });

  it("is read from a store of objects too, where the log is in segments", async () => {
    const store = new MemoryObjectStore();
    const { readFileSync } = await import("node:fs");
    const { bodyOf } = await import("@mlog/object-store");
    const log = readFileSync(join(runs, "one/logs-rank0.jsonl"));
    const cut = log.indexOf("\n", log.length / 2) + 1;
    for (const [start, part] of [
      [0, log.subarray(0, cut)],
      [cut, log.subarray(cut)],
    ] as const) {
      await store.put(`exp/run=one/rank=0/part-${String(start).padStart(16, "0")}.jsonl`, bodyOf(part));
    }
    await using remote = await startViewer({ store, prefix: "exp", cacheFolder: null });
    const [run] = await caughtUp(remote);
    const local = all.find(({ name }) => name === "one")!;
    expect(run).toMatchObject({ name: "one", step: 40, status: "ended", metrics: local.metrics });
  });
});

const byName = (a: RunSummary, b: RunSummary): number => a.name.localeCompare(b.name);

describe("what a viewer refuses", () => {
  it.for([
    ["another host, as with DNS rebinding", { host: "evil.example" }, 421],
    ["a host that only begins like ours", { host: "127.0.0.1.evil.example" }, 421],
    ["another origin", { origin: "http://evil.example" }, 403],
    ["another port's origin", { origin: "http://127.0.0.1:1" }, 403],
    ["no token", { authorization: "" }, 401],
    ["another token", { authorization: "Bearer aaaa" }, 401],
  ] as const)("is %s", async ([, headers, status]) => {
    const reply = await ask(viewer, "/api/runs", { ...headers });
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).not.toContain("loss");
  });

  it("nothing that comes through a tunnel, from another port of this machine", async () => {
    expect((await ask(viewer, "/api/runs", { host: "localhost:9999" })).status).toBe(200);
  });

  it("is a link out of the folder, and says so", async () => {
    await follow(viewer, (_, { refused }) => {
      expect(refused).toEqual([
        {
          file: "linked/logs-rank0.jsonl",
          byte: 0,
          reason: expect.stringContaining("leads out of the folder") as string,
        },
      ]);
      return true;
    });
  });

  it.for([
    "../secret.jsonl",
    "one/../../secret.jsonl",
    "one/%2e%2e/%2e%2e/secret.jsonl",
    "/etc/passwd",
    "one\\..\\..\\secret.jsonl",
    "linked/logs-rank0.jsonl",
    "one/\0",
  ])("is the path %j", async (path) => {
    for (const { id } of all) {
      const reply = await ask(viewer, `/api/runs/${id}/file?path=${encodeURIComponent(path)}`);
      expect(reply.status).toBe(404);
      expect(reply.body.toString()).not.toContain('secret"');
    }
  });

  it("is a picture that is no picture, whatever its name", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const name = `${createHash("sha256").update(svg).digest("hex")}.png`;
    writeFileSync(join(runs, "one/media", name), svg);
    const run = all.find((each) => each.name === "one")!.id;
    const reply = await ask(viewer, `/api/runs/${run}/media/${name}`);
    expect([reply.status, JSON.parse(reply.body.toString())]).toEqual([
      422,
      { code: "MEDIA_DAMAGED", message: expect.stringContaining("it is no PNG") as string },
    ]);
    expect((await ask(viewer, `/api/runs/${run}/media/x.svg`)).status).toBe(404);
  });

  it("to run anything but its own script, in every answer", async () => {
    for (const path of ["/", "/page.js", "/api/runs", "/nothing"]) {
      const { headers } = await ask(viewer, path);
      expect(headers["content-security-policy"]).toMatch(/default-src 'none'; script-src 'self'/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it.for([
    ["nothing to show", {}],
    ["two things to show", { folder: ".", store: new MemoryObjectStore() }],
    ["an address that others reach", { folder: ".", host: "0.0.0.0" }],
    ["an unknown option", { folder: ".", hots: "localhost" }],
  ] as const)("is to start with %s", async ([, options]) => {
    await expect(startViewer(options as ViewerOptions)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("is to start where there is no folder, or where the port is taken", async () => {
    await expect(startViewer({ folder: join(folder, "none") })).rejects.toMatchObject({
      code: "FOLDER_NOT_FOUND",
    });
    const taken = startViewer({ folder: runs, port: viewer.port, cacheFolder: null });
    await expect(taken).rejects.toMatchObject({ code: "PORT_IN_USE" });
  });
});
