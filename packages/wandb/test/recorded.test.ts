import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { FAST, openServer } from "./open-run.ts";
import { compare } from "./parity/compare.ts";
import { ONLINE, SYNCED, UPLOADED, withoutStep } from "./parity/differences.ts";
import { RECORDED_KEY, replay, type RecordedExchange } from "./parity/recording.ts";
import { readState, serverState, type ServerState } from "./parity/server-state.ts";
import { logFirst, logSecond, MODEL } from "./parity/shared-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/*
 * What Python's client did once, recorded by fixtures/record-python.ts: the tests of parity.test.ts where that client
 * cannot run.
 */

const RECORDED = fileURLToPath(new URL("fixtures/python/", import.meta.url));
const README = new URL("../README.md", import.meta.url);
const NONE = { unlisted: [], gone: [] };

function read(name: string): string {
  return readFileSync(join(RECORDED, name), "utf8");
}

function recordedExchanges(): readonly RecordedExchange[] {
  const lines = read("online.jsonl").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RecordedExchange);
}

describe("what Python's client sent", () => {
  test("keeps the rules of the server, and leaves the same again", async () => {
    let time = 0;
    const server = await openServer({ apiKey: RECORDED_KEY, now: () => time, pace: {} });
    await replay(recordedExchanges(), server, (recorded) => (time = recorded));
    server.assertNoViolations();
    expect(serverState(server)).toEqual(readState(read("online-state.jsonl")));
  });

  test("is resumed by WandBLogger, which also gets the files", async () => {
    let time: number | undefined;
    const server = await openServer({ apiKey: RECORDED_KEY, now: () => time ?? Date.now() });
    const exchanges = recordedExchanges();
    const first = exchanges.slice(0, exchanges.findIndex(({ body }) => body.includes('"complete":true')) + 1);
    await replay(first, server, (recorded) => (time = recorded));
    time = undefined;
    const target = join(temporaryFolder(), "got");
    await logSecond(server, (logger) => logger.downloadFile("models/ep0.pt", target));
    server.assertNoViolations();
    expect(readFileSync(target, "utf8")).toBe(MODEL);
    const python = readState(read("online-state.jsonl"));
    expect(compare(python, serverState(server), ONLINE, withoutStep).unlisted).toEqual([]);
  });

  test("is what WandBLogger sends, but for what is listed", async () => {
    const server = await openServer();
    const folder = temporaryFolder();
    writeFileSync(join(folder, "ep0.pt"), MODEL);
    await logFirst(server, folder);
    await logSecond(server);
    server.assertNoViolations();
    const python = readState(read("online-state.jsonl"));
    expect(compare(python, serverState(server), ONLINE, withoutStep)).toEqual(NONE);
  });

  test("as a file is read and sent by uploadRun as wandb sync does", async () => {
    const server = await openServer();
    const folder = join(temporaryFolder(), "run");
    cpSync(join(RECORDED, "offline-run"), folder, { recursive: true });
    const { baseUrl, apiKey } = server;
    const uploaded = await uploadRun(folder, { baseUrl, apiKey, timing: FAST });
    expect(uploaded).toMatchObject({
      runId: "shared",
      complete: true,
      url: `${baseUrl}/me/parity/runs/shared`,
    });
    server.assertNoViolations();
    expect(compare(readState(read("synced-state.jsonl")), serverState(server), UPLOADED)).toEqual(NONE);
  });
});

describe("the list of differences", () => {
  const state: ServerState = new Map([
    ["loss", 1],
    ["_timestamp", 5],
  ]);
  const times = { what: "times", where: [/^_timestamp$/], alike: (value: unknown) => typeof value };

  test("lets nothing else differ, and holds nothing that does not", () => {
    const other = new Map(state).set("_timestamp", 6);
    expect(compare(state, other, [times])).toEqual(NONE);
    expect(compare(state, other, [])).toEqual({ unlisted: ["_timestamp: 5, and 6"], gone: [] });
    expect(compare(state, state, [times])).toEqual({ unlisted: [], gone: ["times"] });
    other.delete("_timestamp");
    expect(compare(state, other, [times]).unlisted).toEqual(["_timestamp: 5, and nothing"]);
  });

  test("is in the README", () => {
    const text = readFileSync(README, "utf8");
    for (const { what } of [...ONLINE, ...SYNCED, ...UPLOADED]) expect(text).toContain(what);
  });
});
