import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readMedia } from "../src/index.ts";
import { readTail } from "../src/log-tail.ts";
import { startChild } from "./child.ts";
import { eventually } from "./eventually.ts";
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

describe("a process that ends while pictures are being stored", () => {
  it("stores them first when it ends by itself", async () => {
    const root = temporaryFolder();
    const { code } = await startChild("pictures", root, "natural end", "30").end;
    expect(code).toBe(0);
    const records = await readAll(join(root, "pictures"), { order: "seq" });
    const images = ofType(records, "images");
    expect(images.map(({ name }) => name)).toEqual(Array.from({ length: 30 }, (_, i) => `picture ${i}`));
    for (const { images: pictures } of images) {
      expect((await readMedia(join(root, "pictures"), pictures[0]!)).length).toBe(pictures[0]!.size);
    }
    expect(ofType(records, "dropped")).toEqual([]);
  });

  it.each([
    ["process.exit", 3],
    ["uncaught error", 1],
  ])("names what is lost by %s", async (way, expected) => {
    const root = temporaryFolder();
    const { code, stderr } = await startChild("pictures", root, way, "30").end;
    expect(code).toBe(expected);
    expect(stderr).toContain("RECORDS_DROPPED");
    const records = await readAll(join(root, "pictures"));
    const seqs = records.flatMap((record) =>
      record.type === "dropped"
        ? [record.seq, ...Array.from({ length: record.to - record.from + 1 }, (_, i) => record.from + i)]
        : record.type === "damaged"
          ? []
          : [record.seq],
    );
    expect(ofType(records, "dropped").length).toBeGreaterThan(0);
    expect(ofType(records, "metrics")).toHaveLength(30);
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from(seqs, (_, i) => i));
  });

  it("leaves no half file under a final name when it is killed, and no record without its files", async () => {
    const root = temporaryFolder();
    const { child, end } = startChild("pictures", root, "natural end", "400");
    const media = join(root, "pictures", "media");
    const files = (): string[] =>
      existsSync(media) ? readdirSync(media).filter((name) => !name.startsWith(".")) : [];
    await eventually(() => expect(files().length).toBeGreaterThan(5));
    child.kill("SIGKILL");
    expect(await end).toMatchObject({ signal: "SIGKILL" });
    expect(files().length).toBeLessThan(400);
    for (const name of files()) {
      expect(`${hash("sha256", readFileSync(join(media, name)), "hex")}.png`).toBe(name);
    }
    const path = join(root, "pictures", "logs-rank0.jsonl");
    const images = ofType(await readAll(path), "images").flatMap((record) => record.images);
    for (const reference of images) await readMedia(path, reference);
    // What is given away next is above all that was used, though lines stand out of order.
    const records = await readAll(path);
    const highest = Math.max(...records.map((record) => ("seq" in record ? record.seq : 0)));
    const next = readTail(path, { runName: "pictures", rank: 0 });
    expect(next.session).toBe(1);
    expect(next.seq).toBeGreaterThan(highest);
  });
});
