import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { destinationConformance, type HeldRecord, type Subject } from "@mlog/conformance";
import type { LoggerDestination } from "@mlog/core";
import { describe, test } from "vitest";
import { csvDestination } from "../src/csv-destination.ts";
import { folderUploader } from "../src/folder-uploader.ts";

/** A destination in a folder of its own. */
async function inFolder(
  make: (folder: string) => LoggerDestination,
  read: (folder: string) => Promise<HeldRecord[]>,
): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-own-"));
  return {
    destination: make(folder),
    read: () => read(folder),
    dispose: () => rm(folder, { recursive: true }),
  };
}

async function readCsv(folder: string): Promise<HeldRecord[]> {
  const text = await readFile(join(folder, "metrics.csv"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [, step, name = "", value] = /^(\d+),(".*"),(.*)$/.exec(line) ?? [];
      return { kind: "metric", name: JSON.parse(name) as string, value: Number(value), step: Number(step) };
    });
}

async function readFolder(folder: string): Promise<HeldRecord[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const name = relative(folder, path).split(sep).join("/");
      return { kind: "file" as const, name, value: await readFile(path, "utf8") };
    }),
  );
}

describe("the destination that writes CSV conforms", () => {
  const make = (folder: string): LoggerDestination => csvDestination(join(folder, "metrics.csv"));
  destinationConformance(test, () => inFolder(make, readCsv), {
    capabilities: { keeps: ["metric"], stamps: ["step"], order: "all" },
    deadline: 60_000,
  });
});

describe("the destination that takes files conforms", () => {
  destinationConformance(test, () => inFolder(folderUploader, readFolder), {
    capabilities: { keeps: ["file"] },
    deadline: 60_000,
  });
});
