import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openJournal, repairLines } from "../src/index.ts";
import { layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

const options = { rows: layout, durability: "record" } as const;

describe("openJournal", () => {
  test("creates the file and its folders, and refuses a file that exists by default", async () => {
    const path = join(dirname(temporaryFile()), "a", "b", "log.jsonl");
    const journal = openJournal(path, options);
    journal.append("1\n");
    await journal.close();
    expect(() => openJournal(path, options)).toThrow(expect.objectContaining({ code: "FILE_EXISTS" }));
    expect(readFileSync(path, "utf8")).toBe("1\n");
  });

  test('starts anew with mode "truncate", and goes on with mode "append", with or without a file', async () => {
    const path = temporaryFile();
    for (const [mode, expected] of [
      ["append", "1\n"],
      ["append", "1\n1\n"],
      ["truncate", "1\n"],
    ] as const) {
      const journal = openJournal(path, { ...options, mode });
      journal.append("1\n");
      await journal.close();
      expect(readFileSync(path, "utf8")).toBe(expected);
    }
  });

  test("names by code what cannot be opened", () => {
    const path = temporaryFile();
    writeFileSync(path, "");
    const failed = expect.objectContaining({
      code: "OPEN_FAILED",
      message: expect.stringContaining("log.jsonl"),
    });
    expect(() => openJournal(join(path, "log.jsonl"), options)).toThrow(failed);
    mkdirSync(`${path}.d/log.jsonl`, { recursive: true });
    expect(() => openJournal(`${path}.d/log.jsonl`, { ...options, mode: "append" })).toThrow(failed);
  });

  test.each([1023, 1.5, NaN, 2 ** 31])(
    "refuses bufferBytes of %d before it touches the file",
    (bufferBytes) => {
      const path = temporaryFile();
      const open = (): unknown => openJournal(path, { ...options, bufferBytes });
      expect(open).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
      expect(() => readFileSync(path)).toThrow("ENOENT");
    },
  );

  test("throws errors that carry the mark of mlog's errors", () => {
    const path = temporaryFile();
    writeFileSync(path, "");
    const open = (): unknown => openJournal(path, options);
    expect(open).toThrow(expect.objectContaining({ name: "JournalError", [Symbol.for("mlog.error")]: true }));
  });
});

describe("repairLines", () => {
  test.each([
    { what: "an empty file", text: "", kept: "" },
    { what: "whole lines", text: "1\n2\n", kept: "1\n2\n" },
    { what: "an incomplete line alone", text: "12", kept: "" },
    {
      what: "an incomplete line longer than what is read at once",
      text: `1\n${"x".repeat(200_000)}`,
      kept: "1\n",
    },
    { what: "a newline at the edge of what is read at once", text: `1\n${"x".repeat(65_536)}`, kept: "1\n" },
  ])("cuts nothing but an incomplete last line: $what", ({ text, kept }) => {
    const path = temporaryFile();
    writeFileSync(path, text);
    expect(repairLines(path)).toEqual({ bytes: kept.length, cut: text.length - kept.length });
    expect(readFileSync(path, "utf8")).toBe(kept);
  });

  test("throws for a file that does not exist", () => {
    expect(() => repairLines(temporaryFile())).toThrow("ENOENT");
  });
});
