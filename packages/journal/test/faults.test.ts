import { appendFileSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { openJournal, type JournalError, type JournalOptions } from "../src/index.ts";
import { BROKEN, FULL, Faults, HANGING, HEALTHY, SLOW, UNSYNCABLE } from "./fixtures/faulty-files.ts";
import { layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

const faultyFiles = fileURLToPath(new URL("./fixtures/faulty-files.ts", import.meta.url));

const ways: { name: string; options: Partial<JournalOptions> }[] = [
  { name: "a worker", options: {} },
  { name: "a worker that syncs", options: { durability: "disk" } },
  { name: "the calling thread", options: { durability: "record" } },
];

function open(options: Partial<JournalOptions>) {
  const path = temporaryFile();
  const faults = new Faults();
  const errors: JournalError[] = [];
  const onError = (error: JournalError): void => void errors.push(error);
  const journal = openJournal(path, { rows: layout, fs: faultyFiles, onError, ...options });
  /** The codes that the operating system gave, in the order of the reports. */
  const reported = (): unknown[] =>
    errors.map((error) => (error.cause as { code?: string } | undefined)?.code);
  return { path, faults, journal, errors, reported, text: () => readFileSync(path, "utf8") };
}

describe.each(ways)("when writing fails on $name", ({ options }) => {
  test("each kind of failure is reported once until it is over, and nothing accepted is lost", async () => {
    const { faults, journal, errors, reported, text } = open(options);
    const failedFlush = { code: "WRITE_FAILED" };
    faults.set(FULL);
    journal.append("1\n");
    await expect(journal.flush()).rejects.toMatchObject(failedFlush);
    journal.append("2\n");
    await expect(journal.flush()).rejects.toMatchObject(failedFlush);
    faults.set(BROKEN);
    await expect(journal.flush()).rejects.toMatchObject(failedFlush);
    faults.set(HEALTHY);
    await journal.flush();
    expect(text()).toBe("1\n2\n");
    faults.set(FULL);
    journal.append("3\n");
    await expect(journal.flush()).rejects.toMatchObject(failedFlush);
    faults.set(HEALTHY);
    await journal.close();
    expect(text()).toBe("1\n2\n3\n");
    expect(reported()).toEqual(["ENOSPC", "EIO", "ENOSPC"]);
    expect(errors.every((error) => error.code === "WRITE_FAILED")).toBe(true);
  });

  test("a flush rejects while the disk cannot sync, and loses nothing by it", async () => {
    const { path, faults, journal, text } = open(options);
    faults.set(UNSYNCABLE);
    journal.append("1234\n");
    await expect(journal.flush()).rejects.toMatchObject({ code: "WRITE_FAILED" });
    expect(text()).toBe("1234\n");
    faults.set(HEALTHY);
    journal.append("5678\n");
    await journal.flush();
    await journal.close();
    expect(readFileSync(path, "utf8")).toBe("1234\n5678\n");
  });

  test("close says how many records are lost, and still closes", async () => {
    const { faults, journal, text } = open(options);
    journal.append("kept\n");
    await journal.flush();
    faults.set(FULL);
    journal.append("lost\n");
    journal.append("lost\n");
    const error = await journal.close().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "WRITE_FAILED",
      message: expect.stringContaining("2 records are lost"),
    });
    expect(text()).toBe("kept\n");
  });

  test("an error handler that throws disturbs nobody", async () => {
    const onError = vi.fn(() => {
      throw new Error("in the handler");
    });
    const { faults, journal, text } = open({ ...options, onError });
    faults.set(FULL);
    journal.append("1\n");
    await journal.flush().catch(() => {});
    faults.set(HEALTHY);
    await journal.close();
    expect(onError).toHaveBeenCalledOnce();
    expect(text()).toBe("1\n");
  });
});

describe("when the disk hangs", () => {
  test("appending goes on until the memory is full, then refuses at once, and goes on after it", async () => {
    const { faults, journal, text } = open({ bufferBytes: 65_536 });
    await journal.flush(); // The worker runs.
    faults.set(HANGING);
    journal.append("0\n");
    await faults.hung();
    let accepted = "0\n";
    let n = 1;
    while (journal.append(`${n}\n`)) accepted += `${n++}\n`;
    const start = performance.now();
    for (let i = 0; i < 1000; i++) expect(journal.append("refused\n")).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(journal.stats()).toMatchObject({ appended: n, refused: 1001, written: 0 });
    let flushed = false;
    const flush = journal.flush().then(() => (flushed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(flushed).toBe(false);
    faults.set(HEALTHY);
    await flush;
    expect(text()).toBe(accepted);
    expect(journal.append("again\n")).toBe(true);
    await journal.close();
    expect(text()).toBe(`${accepted}again\n`);
  });
});

describe("before the worker runs", () => {
  test("a slow write makes the calling thread pause, and not leave the records to a kill", async () => {
    const path = temporaryFile();
    const faults = new Faults();
    faults.holdOthers();
    const journal = openJournal(path, { rows: layout, fs: faultyFiles });
    faults.set(SLOW);
    journal.append("slow\n");
    journal.append("waits\n");
    expect(readFileSync(path, "utf8")).toBe("slow\n");
    faults.set(HEALTHY);
    let appended = "slow\nwaits\n";
    const start = performance.now();
    while (performance.now() - start < 4000 && readFileSync(path, "utf8") === "slow\n") {
      journal.append("more\n");
      appended += "more\n";
    }
    expect(readFileSync(path, "utf8")).toBe(appended);
    faults.release();
    await journal.close();
  });
});

describe("what is written", () => {
  test("is written again after a failed sync, before a flush resolves", async () => {
    let broken = true;
    const calls: string[] = [];
    const { journal, text } = open({
      durability: "record",
      fs: {
        writeSync(fd, bytes, offset, length, position) {
          calls.push(`write ${position}+${length}`);
          return writeSync(fd, bytes, offset, length, position);
        },
        fdatasyncSync() {
          calls.push("sync");
          if (broken) throw Object.assign(new Error("as ordered"), { code: "EIO" });
        },
      },
    });
    journal.append("1234\n");
    await expect(journal.flush()).rejects.toMatchObject({ code: "WRITE_FAILED" });
    broken = false;
    journal.append("56\n");
    await journal.flush();
    await journal.close();
    expect(calls).toEqual(["write 0+5", "sync", "write 5+3", "write 0+8", "sync", "sync"]);
    expect(text()).toBe("1234\n56\n");
  });

  test('is synced without being asked to with durability "disk"', async () => {
    const { faults, journal } = open({ durability: "disk" });
    journal.append("1\n");
    await expect(faults.synced()).resolves.toBeUndefined();
    await journal.close();
  });

  test.each([
    {
      by: "appends to",
      change: (path: string) => appendFileSync(path, "foreign\n"),
      expected: "1\nforeign\n2\n",
    },
    { by: "empties", change: (path: string) => truncateSync(path), expected: "2\n" },
  ])(
    "goes to the end of the file, and a report is made, if something else $by it",
    async ({ change, expected }) => {
      const { path, journal, errors, text } = open({ durability: "record" });
      const clock = vi.spyOn(performance, "now");
      journal.append("1\n");
      change(path);
      clock.mockReturnValue(performance.now() + 1000);
      journal.append("2\n");
      clock.mockRestore();
      await journal.close();
      expect(text()).toBe(expected);
      expect(errors.map((error) => error.code)).toEqual(["FILE_CHANGED"]);
    },
  );
});
