import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closeOnSignals } from "../src/index.ts";
import { startChild } from "./child.ts";
import { ofType, openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("closeOnSignals", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "closes the logger on %s, and the process ends by that signal",
    async (signal) => {
      const root = temporaryFolder();
      const { child, end } = startChild("signalled", root);
      expect(await once(child, "message")).toEqual(["listeners: 1", undefined]);
      child.kill(signal);
      expect(await end).toMatchObject({ code: null, signal });
      const records = await readAll(join(root, "signalled"));
      expect(ofType(records, "metrics")).toHaveLength(1000);
      expect(records.at(-1)).toMatchObject({ type: "end", error: null });
    },
  );

  it("signals: leaves the others to what they do", async () => {
    const root = temporaryFolder();
    const { child, end } = startChild("signalled", root, "only SIGTERM");
    await once(child, "message");
    child.kill("SIGINT");
    expect(await end).toMatchObject({ signal: "SIGINT" });
    expect(ofType(await readAll(join(root, "signalled")), "end")).toEqual([]);
  });

  it("can be undone", async () => {
    const root = temporaryFolder();
    const { child, end } = startChild("signalled", root, "undone");
    expect(await once(child, "message")).toEqual(["listeners: 0", undefined]);
    child.kill("SIGTERM");
    expect(await end).toMatchObject({ signal: "SIGTERM" });
    const records = await readAll(join(root, "signalled"));
    expect(ofType(records, "metrics")).toHaveLength(1000);
    expect(ofType(records, "end")).toEqual([]);
  });

  it("leaves the end to another listener of the signal", async () => {
    const root = temporaryFolder();
    const { child, end } = startChild("signalled", root, "listened to");
    await once(child, "message");
    child.kill("SIGTERM");
    expect(await end).toMatchObject({ code: 7, signal: null });
    expect(ofType(await readAll(join(root, "signalled")), "end")).toHaveLength(1);
  });

  it("waits no longer at a second signal", async () => {
    const { child, end } = startChild("signalled", temporaryFolder(), "slow");
    await once(child, "message");
    child.kill("SIGTERM");
    expect(await once(child, "message")).toEqual(["closing", undefined]);
    child.kill("SIGINT");
    expect(await end).toMatchObject({ signal: "SIGINT" });
  });

  it("refuses what is no logger, and signals that nobody can listen to", async () => {
    expect(() => closeOnSignals({} as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    const { logger } = openRun(temporaryFolder());
    const before = process.listenerCount("SIGTERM");
    expect(() => closeOnSignals(logger, ["SIGTERM", "SIGKILL"])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(process.listenerCount("SIGTERM")).toBe(before);
    await logger.close();
  });
});
