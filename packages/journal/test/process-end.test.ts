import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openJournal, repairLines, type JournalOptions } from "../src/index.ts";
import { endOf, startChild, type Ending } from "./child.ts";
import { expectedRow, layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

const faultyFiles = fileURLToPath(new URL("./fixtures/faulty-files.ts", import.meta.url));

function rows(count: number): string {
  return Array.from({ length: count }, (_, seq) => expectedRow([seq, 0], ["loss"], [seq / 3])).join("");
}

async function run(
  path: string,
  ending: string,
  count: number,
  options: Omit<Partial<JournalOptions>, "onError">,
  flags: string[] = [],
): Promise<Ending> {
  return endOf(startChild("logs-and-ends.ts", [path, ending, String(count), JSON.stringify(options)], flags));
}

describe.each(["buffered", "disk", "record"] as const)('with durability "%s"', (durability) => {
  test.each([
    { ending: "process.exit", code: 3, appended: 5000, count: 5000 },
    { ending: "process.exit", code: 3, appended: 1, count: 1 },
    { ending: "process.exit", code: 3, appended: 0, count: 0 },
    { ending: "process.exit after a flush", code: 3, appended: 200, count: 100 },
    { ending: "an uncaught error", code: 1, appended: 100, count: 100 },
    { ending: "an unhandled rejection", code: 1, appended: 100, count: 100 },
    { ending: "an exit listener that logs", code: 0, appended: 101, count: 100 },
    { ending: "a natural end", code: 0, appended: 100, count: 100 },
  ])(
    "$ending after $count records loses nothing",
    { timeout: 20_000 },
    async ({ ending, code, appended, count }) => {
      const path = temporaryFile();
      const end = await run(path, ending, count, { durability });
      expect(end).toMatchObject({ code, stdout: "" });
      expect(readFileSync(path, "utf8")).toBe(rows(appended));
    },
  );
});

describe("a process that must end without its disk", () => {
  test(
    "waits for a hanging disk no longer than it must, and says what is lost",
    { timeout: 20_000 },
    async () => {
      const path = temporaryFile();
      const end = await run(path, "a hanging disk", 0, { fs: faultyFiles });
      expect(end).toMatchObject({ code: 3, stderr: expect.stringMatching(/last 1 records .* are lost/u) });
    },
  );

  test("tries once more to write to a full disk, and says what is lost", { timeout: 20_000 }, async () => {
    const path = temporaryFile();
    const end = await run(path, "a full disk", 10, { fs: faultyFiles });
    expect(end).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/last 1 records .* are lost: .*ENOSPC/u),
    });
    expect(readFileSync(path, "utf8")).toBe(rows(10));
  });
});

describe("SIGKILL", () => {
  test.each(["buffered", "disk", "record"] as const)(
    'leaves a gap-free prefix with durability "%s", and all that was said to be safe',
    { timeout: 20_000 },
    async (durability) => {
      const path = temporaryFile();
      const child = startChild("logs-until-killed.ts", [path, JSON.stringify({ durability })]);
      let said = 0;
      child.stdout.on("data", (text) => {
        if ((said += String(text).split("\n").length) > 5) child.kill("SIGKILL");
      });
      const { stdout, stderr } = await endOf(child);
      expect(stderr).toBe("");
      const safe = Number(stdout.trim().split("\n").at(-1));
      repairLines(path);
      const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
      const names = Array.from({ length: 10 }, (_, i) => `layer.${i}`);
      expect(lines.length).toBeGreaterThanOrEqual(safe);
      for (const [seq, line] of lines.entries()) {
        expect(`${line}\n`).toBe(
          expectedRow(
            [seq, 0],
            names,
            names.map(() => seq / 3),
          ),
        );
      }
    },
  );
});

test("a flood of rows is complete and in order", { timeout: 30_000 }, async () => {
  const path = temporaryFile();
  const journal = openJournal(path, { rows: layout });
  const names = Array.from({ length: 10 }, (_, i) => `layer.${i}`);
  const fields = new Float64Array(2);
  const values = new Float64Array(10);
  const count = 100_000;
  for (let seq = 0; seq < count; seq++) {
    fields[0] = seq;
    values.fill(seq / 7);
    expect(journal.appendRow(fields, names, values) || seq).toBe(true);
  }
  await journal.close();
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.length).toBe(count + 1);
  const wrong = lines.slice(0, -1).findIndex((line, seq) => {
    const { metrics, ...row } = JSON.parse(line) as { seq: number; metrics: Record<string, number> };
    return row.seq !== seq || names.some((name) => metrics[name] !== seq / 7);
  });
  expect(wrong).toBe(-1);
});

describe("without a thread to write on", () => {
  test("the calling thread writes, and a report is made", { timeout: 20_000 }, async () => {
    const path = temporaryFile();
    const flags = ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"];
    const end = await run(path, "a natural end", 1000, {}, flags);
    expect(end).toMatchObject({ code: 0, stdout: "WORKER_FAILED\n" });
    expect(readFileSync(path, "utf8")).toBe(rows(1000));
  });

  test("that ends before its time, the calling thread takes over", async () => {
    const path = temporaryFile();
    const breaking = `${path}.mjs`;
    writeFileSync(
      breaking,
      'import { isMainThread } from "node:worker_threads"; if (!isMainThread) throw new Error("as ordered");',
    );
    const errors: string[] = [];
    const journal = openJournal(path, {
      rows: layout,
      fs: breaking,
      onError: (error) => errors.push(error.code),
    });
    journal.append("1\n");
    const flushed = journal.flush();
    journal.append("2\n");
    await flushed;
    expect(errors).toEqual(["WORKER_FAILED"]);
    journal.append("3\n");
    await journal.flush();
    expect(readFileSync(path, "utf8")).toBe("1\n2\n3\n");
    journal.append("4\n");
    await journal.close();
    expect(readFileSync(path, "utf8")).toBe("1\n2\n3\n4\n");
    expect(journal.stats()).toEqual({ appended: 4, written: 4, refused: 0, bytes: 8 });
  });

  test("yet, the calling thread writes each record before append returns", async () => {
    const path = temporaryFile();
    const journal = openJournal(path, { rows: layout });
    journal.append("1\n");
    expect(readFileSync(path, "utf8")).toBe("1\n");
    journal.append("2\n");
    await journal.close();
    expect(readFileSync(path, "utf8")).toBe("1\n2\n");
  });
});
