import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { expect, test } from "vitest";
import { folderStore, MemoryObjectStore, ObjectStoreLogger } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("a file arrives, though its source is deleted once it is staged", async () => {
  const folder = temporaryFolder();
  const source = join(folder, "checkpoint.bin");
  writeFileSync(source, "weights");
  const destination = new ObjectStoreLogger({
    store: folderStore(join(folder, "objects")),
    stagingFolder: join(folder, "staging"),
    filePathFormat: "{run_name}/{remote_file_name}",
  });
  const logger = new Logger(new State({ runName: "run" }), destination);
  const upload = logger.uploadFile("checkpoints/{run_name}.bin", source);
  await upload.staged;
  rmSync(source);
  const [file] = await upload.uploaded;
  expect(file).toMatchObject({ destination: "object-store", name: "checkpoints/run.bin", size: 7 });
  expect(file!.uri).toBe(await destination.getUri("checkpoints/run.bin"));
  expect(readFileSync(join(folder, "objects/run/checkpoints/run.bin"), "utf8")).toBe("weights");
  const copy = join(folder, "copy.bin");
  await logger.downloadFile("checkpoints/run.bin", copy);
  expect(readFileSync(copy, "utf8")).toBe("weights");
  expect(await Array.fromAsync(logger.listFiles("check"))).toEqual([file]);
  expect(await logger.close()).toEqual([
    { destination: "object-store", delivered: 1, pending: 0, dropped: 0 },
  ]);
  const [store] = readdirSync(join(folder, "staging"));
  expect(readdirSync(join(folder, "staging", store!))).toEqual(["store.json"]);
});

test("a store that is given as an object works on the calling thread", async () => {
  const folder = temporaryFolder();
  const source = join(folder, "log.txt");
  writeFileSync(source, "lines");
  const store = new MemoryObjectStore();
  const destination = new ObjectStoreLogger({ store, stagingFolder: join(folder, "staging") });
  const logger = new Logger(new State(), destination);
  await logger.uploadFile("log.txt", source).uploaded;
  expect((await store.head("log.txt")).size).toBe(5);
  await logger.close();
  expect(existsSync(source)).toBe(true);
});
