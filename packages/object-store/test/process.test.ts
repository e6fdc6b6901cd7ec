import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Logger, State } from "@mlog/core";
import { expect, test } from "vitest";
import {
  findUploads,
  finishUploads,
  FolderObjectStore,
  folderStore,
  ObjectStoreLogger,
} from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function folderWithFiles(): string {
  const folder = temporaryFolder();
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), name);
  return folder;
}

function runChild(
  folder: string,
  then: string,
  child = "upload",
): { status: number | null; stdout: string; stderr: string } {
  const path = fileURLToPath(new URL(`children/${child}.ts`, import.meta.url));
  const flags = ["--conditions=@mlog/source"];
  return spawnSync(process.execPath, [...flags, path, folder, then], { encoding: "utf8", timeout: 60_000 });
}

test("a process that closes its logger ends by itself, with everything arrived", () => {
  const folder = folderWithFiles();
  const { status, stdout, stderr } = runChild(folder, "close");
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({ destination: "object-store", delivered: 3, pending: 0, dropped: 0 });
});

test("a process that does not close its logger ends all the same, and loses nothing that it handed over", async () => {
  const folder = folderWithFiles();
  expect(runChild(folder, "return")).toMatchObject({ status: 0, stderr: "" });
  const objects = new FolderObjectStore({ folder: join(folder, "objects") });
  for (const { folder: left } of await findUploads(join(folder, "staging")))
    await finishUploads(left, objects);
  const names = (await Array.fromAsync(objects.list(""))).map(({ name }) => name);
  expect(names).toEqual(["a", "b", "c"]);
});

test("process.exit loses nothing that flush() covered", async () => {
  const folder = folderWithFiles();
  expect(runChild(folder, "exit")).toMatchObject({ status: 0, stderr: "" });
  const logger = new Logger(
    new State(),
    new ObjectStoreLogger({
      store: folderStore(join(folder, "objects")),
      stagingFolder: join(folder, "staging"),
    }),
  );
  await logger.close();
  expect(readdirSync(join(folder, "objects")).filter((name) => !name.startsWith("."))).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("close() ends in time though the store takes nothing, and says where the files wait", () => {
  const folder = folderWithFiles();
  const { status, stdout } = runChild(folder, "hang");
  expect(status).toBe(0);
  const delivery = JSON.parse(stdout) as { pending: number; resumeFrom: string };
  expect(delivery).toMatchObject({ delivered: 0, pending: 3, dropped: 0 });
  expect(existsSync(delivery.resumeFrom)).toBe(true);
});

test("uploads go on while the calling thread never yields", async () => {
  const folder = folderWithFiles();
  const destination = new ObjectStoreLogger({
    store: folderStore(join(folder, "objects")),
    stagingFolder: join(folder, "staging"),
  });
  const logger = new Logger(new State(), destination);
  await logger.ready;
  logger.uploadFile("a", join(folder, "a"));
  const end = performance.now() + 20_000;
  while (!existsSync(join(folder, "objects/a")) && performance.now() < end);
  expect(existsSync(join(folder, "objects/a"))).toBe(true);
  await logger.close();
});

test("a thread that cannot open the store makes the logger's start fail, with the code", async () => {
  const folder = temporaryFolder();
  const store = { module: new URL("children/broken-store.ts", import.meta.url).href, options: {} };
  const errors: Error[] = [];
  const destination = new ObjectStoreLogger({ store, stagingFolder: join(folder, "staging") });
  const logger = new Logger(new State(), destination, { onError: (error) => errors.push(error) });
  await expect(logger.ready).rejects.toMatchObject({ code: "INIT_FAILED" });
  await expect(logger.uploadFile("a", "a").staged).rejects.toMatchObject({ code: "ACCESS_DENIED" });
  await expect(logger.close()).rejects.toMatchObject({ code: "NOT_SAFE" });
  expect(errors[0]!.message).toContain("this store is broken");
});

test.for(["upload", "download", "finish"])(
  "a process that waits for a store on its own thread does not end in a pause between attempts: %s",
  (what) => {
    expect(runChild(folderWithFiles(), what, "pause")).toEqual(
      expect.objectContaining({ status: 0, stdout: "done\n", stderr: "" }),
    );
  },
);
