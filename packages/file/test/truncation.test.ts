import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A log of about 6 KiB with records of several kinds, as bytes. */
async function writtenLog(): Promise<Buffer> {
  const { logger, state, path } = openRun(temporaryFolder());
  for (let i = 0; i < 40; i++) {
    logger.logMetrics({ "loss/träin": 1 / (i + 1), i });
    if (i % 10 === 0) logger.logTraces({ text: "é\n\u{1F600}", nested: { i } });
    state.nextBatch({ samples: 32 });
  }
  await logger.close();
  return readFileSync(path);
}

/** Which ends a session goes on from here: those at a line break, and a seeded eighth of the others. */
function isTried(bytes: Buffer, end: number): boolean {
  return (
    bytes[end - 1] === 10 ||
    bytes[end] === 10 ||
    bytes[end - 2] === 10 ||
    end % 8 === Number(process.env["SEED"]) % 8
  );
}

describe("a log that ends at any byte of its last 4 KiB", () => {
  it("gives back every record that is complete", async () => {
    const bytes = await writtenLog();
    const path = join(temporaryFolder(), "log.jsonl");
    const whole = bytes
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    let complete =
      bytes
        .subarray(0, bytes.length - 4096)
        .toString("latin1")
        .split("\n").length - 1;
    for (let end = bytes.length - 4096; end <= bytes.length; end++) {
      if (bytes[end - 1] === 10 && end > bytes.length - 4096) complete++;
      writeFileSync(path, bytes.subarray(0, end));
      const records = await readAll(path);
      expect(records.map((record) => (record.type === "damaged" ? record.reason : record.seq))).toEqual(
        whole.slice(0, complete),
      );
    }
  });

  it("goes on intact", async () => {
    const bytes = await writtenLog();
    const root = temporaryFolder();
    const { path, logger: first } = openRun(root);
    await first.close();
    for (let end = bytes.length - 4096; end <= bytes.length; end++) {
      if (!isTried(bytes, end)) continue;
      writeFileSync(path, bytes.subarray(0, end));
      // Without the thread and its start, since this is hundreds of loggers.
      const { logger } = openRun(root, { resume: true, durability: "record" });
      logger.logMetrics({ again: end });
      const complete = bytes.subarray(0, bytes.lastIndexOf(10, end - 1) + 1);
      const text = readFileSync(path);
      expect(text.subarray(0, complete.length).equals(complete)).toBe(true);
      const added = text
        .subarray(complete.length)
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { seq: number });
      const seq = complete.toString("latin1").split("\n").length - 1;
      expect(added).toMatchObject([
        { type: "start", session: 1, seq },
        { type: "metrics", metrics: { again: end }, seq: seq + 1 },
      ]);
      await logger.close();
    }
  });
});
