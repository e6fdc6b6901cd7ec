import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { ofType, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("a process that does not close its logger", () => {
  it.each([
    ["process.exit", 3],
    ["uncaught error", 1],
    ["natural end", 0],
  ])("loses nothing by %s, not even a line without a line break", async (way, code) => {
    const root = temporaryFolder();
    const { end } = startChild("ended", root, way);
    const { stdout, ...how } = await end;
    expect(how).toMatchObject({ code, signal: null });
    expect(stdout).toBe("a line\nno line break");
    const records = await readAll(join(root, "ended"));
    expect(ofType(records, "metrics").map(({ metrics }) => metrics["i"])).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    expect(ofType(records, "output").map(({ stream, text }) => [stream, text])).toEqual([
      ["stdout", "a line"],
      ["stderr", "an error"],
      ["stdout", "no line break"],
    ]);
    expect(ofType(records, "end")).toEqual([]);
    expect(ofType(records, "damaged")).toEqual([]);
  });
});
