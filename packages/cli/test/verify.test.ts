import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberRanges } from "../src/number-ranges.ts";
import { mlog, openRun, temporaryFolder, writeRun } from "./mlog.ts";

const log = (path: string): string => join(path, "logs-rank0.jsonl");

test("a run that is whole is said to be", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  expect(await mlog("verify", path)).toMatchObject({
    code: 0,
    stdout: "whole: 22 records, 0 files of pictures\n",
  });
});

test("damaged and missing lines are problems, each named", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  const lines = readFileSync(log(path), "utf8").split("\n");
  lines.splice(10, 2);
  lines[5] = "\u0000\u001b[31m";
  writeFileSync(log(path), lines.join("\n"));
  const { code, stdout } = await mlog("verify", path);
  expect(code).toBe(1);
  expect(stdout).toContain("logs-rank0.jsonl:6:");
  expect(stdout).toContain("the records 5 to 5 are missing");
  expect(stdout).toContain("the records 10 to 11 are missing");
  expect(stdout).not.toContain("\u001b");
});

test("pictures that are gone or changed are problems", async () => {
  const root = temporaryFolder();
  const { logger } = openRun(root, "run");
  for (const value of [10, 100, 200]) {
    logger.logImages({ data: new Uint8Array(64).fill(value), shape: [8, 8] }, { name: "grey" });
  }
  await logger.close();
  const path = join(root, "run");
  expect((await mlog("verify", path)).stdout).toBe("whole: 5 records, 3 files of pictures\n");
  const [first, second] = readdirSync(join(path, "media"));
  rmSync(join(path, "media", first!));
  appendFileSync(join(path, "media", second!), "x");
  const result = (await mlog("verify", path, "--json")).json<{
    ok: boolean;
    pictures: number;
    problems: string[];
  }>();
  expect(result).toMatchObject({ ok: false, pictures: 1 });
  expect(result.problems.join("\n")).toContain(first);
  expect(result.problems.join("\n")).toContain(second);
  expect((await mlog("verify", path, "--no-media")).code).toBe(0);
});

test("a log that is shorter than what was shipped from it is a problem", async () => {
  const path = await writeRun(temporaryFolder(), "run");
  mkdirSync(`${log(path)}.segments`);
  writeFileSync(
    join(`${log(path)}.segments`, "ledger.jsonl"),
    '\n{"v":1,"type":"sealed","start":0,"end":99999,"name":"x"}\n',
  );
  expect(await mlog("verify", path)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("99999 were shipped") as string,
  });
});

test("ranges know what is missing, in whatever order numbers come", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(4)), { maxLength: 30 }), (adds) => {
      const ranges = new NumberRanges();
      const present = new Set<number>();
      for (const [from, length] of adds) {
        ranges.add(from, from + length);
        for (let n = from; n <= from + length; n++) present.add(n);
      }
      const highest = Math.max(-1, ...present);
      const missing = Array.from({ length: highest + 1 }, (_, n) => n).filter((n) => !present.has(n));
      const found = [...ranges.gaps(0)].flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(found).toEqual(missing);
    }),
  );
});
