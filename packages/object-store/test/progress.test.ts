import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { expect, test } from "vitest";
import { MemoryObjectStore, ObjectStoreLogger, type TransferProgress } from "../src/index.ts";
import { ProgressLine } from "../src/progress-line.ts";
import { someBytes } from "../src/testing/expectations.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MIB = 1024 * 1024;

/** A line on a terminal, and what it looks like at a moment. */
function setUp(): {
  progress: (at: number, progress: Partial<TransferProgress>) => string;
  line: ProgressLine;
  screen: () => string;
} {
  let [now, written] = [0, ""];
  const line = new ProgressLine({ write: (text: string) => ((written += text), true) }, () => now);
  // What was written before is overwritten.
  const screen = (): string => written.slice(written.lastIndexOf("\r\x1b[K") + 1).replace("\x1b[K", "");
  return {
    line,
    screen,
    progress(at, progress) {
      now = at;
      line.show({ name: "a", direction: "up", bytes: 0, total: 100 * MIB, ...progress });
      return screen();
    },
  };
}

test("a transfer that takes longer than 3 s has a line, which is gone at its end", () => {
  const { progress } = setUp();
  expect(progress(0, { bytes: 0 })).toBe("");
  expect(progress(2900, { bytes: 32 * MIB })).toBe("");
  expect(progress(3000, { bytes: 64 * MIB })).toBe("uploading a: 64 % of 100.0 MiB");
  // Not for each part of many.
  expect(progress(3100, { bytes: 65 * MIB })).toBe("uploading a: 64 % of 100.0 MiB");
  expect(progress(3200, { bytes: 96 * MIB })).toBe("uploading a: 96 % of 100.0 MiB");
  expect(progress(3300, { bytes: 100 * MIB })).toBe("");
  expect(progress(4000, { bytes: 0, direction: "down" })).toBe("");
  expect(progress(7000, { bytes: MIB, direction: "down" })).toBe("downloading a: 1 % of 100.0 MiB");
});

test("a transfer that fails has no line any more, and another of its name begins anew", () => {
  const { progress, line, screen } = setUp();
  progress(0, {});
  expect(progress(5000, { bytes: MIB })).toBe("uploading a: 1 % of 100.0 MiB");
  line.end("a");
  expect(screen()).toBe("");
  expect(progress(6000, { bytes: MIB })).toBe("");
});

test("uploads and downloads say how far they are, from their beginning, and a listener that throws harms nothing", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "checkpoint");
  writeFileSync(path, someBytes(3000));
  const told: string[] = [];
  const destination = new ObjectStoreLogger({
    store: new MemoryObjectStore({ maxPutSize: 1000, minPartSize: 1, maxPartSize: 1000 }),
    stagingFolder: join(folder, "staging"),
    filePathFormat: "run/{remote_file_name}",
    checkAtStart: false,
    onProgress({ name, direction, bytes, total }) {
      told.push(`${direction} ${name} ${bytes}/${total}`);
      throw new Error("a bug of the application");
    },
  });
  const reports: string[] = [];
  const logger = new Logger(new State(), destination, { onError: ({ message }) => reports.push(message) });
  await logger.uploadFile("a", path).uploaded;
  const parts = [0, 1000, 2000, 3000, 3000];
  expect(told.splice(0)).toEqual(parts.map((bytes) => `up run/a ${bytes}/3000`));
  const own: string[] = [];
  const onProgress = (bytes: number, total: number): unknown => own.push(`${bytes}/${total}`);
  await logger.downloadFile("a", join(folder, "back"), { onProgress });
  expect(own).toEqual(["0/3000", "3000/3000"]);
  expect(told).toEqual(own.map((bytes) => `down run/a ${bytes}`));
  expect(new Set(reports)).toEqual(new Set(["a bug of the application"]));
  await logger.close();
});
