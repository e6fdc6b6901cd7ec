import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { State } from "@mlog/core";
import { describe, expect, test } from "vitest";
import { WandBLogger, type WandBLoggerOptions } from "../src/index.ts";
import { appUrlOf, readSettings, runUrl } from "../src/settings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const state = new State({ runName: "the run" });
const key = { WANDB_API_KEY: "k".repeat(40) };

describe("the environment", () => {
  test("says what the options leave open, when the run starts", () => {
    const env = {
      ...key,
      WANDB_PROJECT: "p",
      WANDB_ENTITY: "team",
      WANDB_NAME: "named",
      WANDB_RUN_GROUP: "g",
      WANDB_TAGS: "a, b,,a",
      WANDB_NOTES: "some notes",
      WANDB_JOB_TYPE: "eval",
      WANDB_RUN_ID: "abc",
      WANDB_RESUME: "allow",
      WANDB_DIR: "/somewhere",
      WANDB_BASE_URL: "https://wandb.example.com/",
    };
    expect(readSettings({}, env, state)).toMatchObject({
      dir: "/somewhere",
      apiKey: key.WANDB_API_KEY,
      run: {
        mode: "online",
        runId: "abc",
        project: "p",
        entity: "team",
        name: "named",
        group: "g",
        tags: ["a", "b"],
        notes: "some notes",
        jobType: "eval",
        resume: "allow",
        baseUrl: "https://wandb.example.com",
      },
    });
  });

  test("yields to the options", () => {
    const env = { ...key, WANDB_PROJECT: "p", WANDB_MODE: "disabled", WANDB_RUN_ID: "abc", WANDB_TAGS: "a" };
    const options: WandBLoggerOptions = { project: "q", mode: "offline", id: "def", tags: [] };
    expect(readSettings(options, env, state)).toMatchObject({
      apiKey: undefined,
      run: { project: "q", mode: "offline", runId: "def", tags: [] },
    });
  });

  test.each([
    ["WANDB_MODE", "sometimes"],
    ["WANDB_RESUME", "auto"],
    ["WANDB_PROJECT", "a/b"],
    ["WANDB_RUN_ID", "a/b"],
    ["WANDB_BASE_URL", "ftp://example.com"],
    ["WANDB_TAGS", "t".repeat(65)],
  ])("with a wrong %s is an error", (name, value) => {
    expect(() => readSettings({}, { ...key, [name]: value }, state)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
    );
  });

  test("may have the key in ~/.netrc, for the host of the server only", () => {
    const home = temporaryFolder();
    writeFileSync(
      join(home, ".netrc"),
      "machine other.com login user password wrong\nmachine api.wandb.ai\n  login user\n  password fromnetrc\n",
    );
    expect(readSettings({}, { HOME: home }, state)!.apiKey).toBe("fromnetrc");
    const elsewhere = { HOME: home, WANDB_BASE_URL: "https://wandb.example.com" };
    expect(() => readSettings({}, elsewhere, state)).toThrow(
      expect.objectContaining({ code: "WANDB_NO_API_KEY" }) as Error,
    );
  });
});

describe("ranks", () => {
  const ofRank = (rank: number): State => new State({ runName: "the run", ranks: { rank, worldSize: 2 } });

  test("other than zero log nothing", () => {
    expect(readSettings({}, key, ofRank(1))).toBeUndefined();
    expect(readSettings({}, key, ofRank(0))!.run).toMatchObject({ name: "the run", group: undefined });
  });

  test("all log, each to a run of its own in a group, if so asked", () => {
    const options = { rankZeroOnly: false, id: "abc" };
    expect(readSettings(options, key, ofRank(1))!.run).toMatchObject({
      name: "the run-rank1",
      group: "the run",
      runId: "abc-rank1",
    });
  });
});

describe("options", () => {
  test.each([
    [{ projct: "p" }, "projct"],
    [{ project: 5 }, "project"],
    [{ mode: "on" }, "mode"],
    [{ tags: "a" }, "tags"],
    [{ logArtifacts: "yes" }, "logArtifacts"],
    [{ name: "" }, "name"],
  ])("that are wrong are named: %j", (options, name) => {
    expect(() => new WandBLogger(options as WandBLoggerOptions)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(name) as string,
      }) as Error,
    );
  });

  test("logArtifacts decides whether files are taken", () => {
    expect(new WandBLogger().uploadFile).toBeUndefined();
    expect(new WandBLogger({ logArtifacts: true }).uploadFile).toBeTypeOf("function");
  });
});

test("the page of a run has its names encoded", () => {
  expect(appUrlOf("https://api.wandb.ai")).toBe("https://wandb.ai");
  expect(appUrlOf("https://api.example.com")).toBe("https://app.example.com");
  expect(appUrlOf("http://127.0.0.1:5")).toBe("http://127.0.0.1:5");
  expect(runUrl("https://wandb.ai", "my team", "a&b", "x")).toBe("https://wandb.ai/my%20team/a%26b/runs/x");
});
