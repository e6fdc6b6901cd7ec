import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { S3Logger } from "../src/index.ts";
import { S3ObjectStore } from "../src/store.ts";
import { type Server, ceph, inProcess } from "./servers.ts";

describe("S3 in this process", () => {
  runTests(inProcess);
});

describe("Ceph", () => {
  runTests(ceph);
});

function runTests(start: () => Promise<Server | undefined>): void {
  let server: Server | undefined;
  let folder: string;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(async ({ skip }) => {
    if (server === undefined) skip("Ceph is not installed");
    folder = await mkdtemp(join(tmpdir(), "mlog-s3-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
  });

  const open = (prefix: string): Logger => {
    const destination = new S3Logger(`s3://mlog/${prefix}`, {
      ...server!.options,
      stagingFolder: join(folder, "staging"),
    });
    const logger = new Logger(new State({ runName: "run" }), destination, { onError: () => undefined });
    onTestFinished(async () => void (await logger.close()));
    return logger;
  };

  test("files arrive under the names of the run, are listed, and come back", async () => {
    const logger = open("files");
    const path = join(folder, "a.txt");
    await writeFile(path, "hello");
    const upload = logger.uploadFile("{run_name}/notes/ä +%2F.txt", path);
    await upload.staged;
    await writeFile(path, "changed afterwards");
    const name = "run/notes/ä +%2F.txt";
    const uri = `s3://mlog/files/${name}`;
    expect(await upload.uploaded).toEqual([{ destination: "s3", name, size: 5, uri }]);
    expect(await Array.fromAsync(logger.listFiles())).toEqual([{ destination: "s3", name, size: 5, uri }]);
    await logger.downloadFile(name, join(folder, "back.txt"));
    expect(await readFile(join(folder, "back.txt"), "utf8")).toBe("hello");
  });

  test("without overwrite a name is refused, with it the later file wins", async () => {
    const logger = open("overwrite");
    const path = join(folder, "a.txt");
    await writeFile(path, "first");
    await logger.uploadFile("a", path).uploaded;
    await writeFile(path, "second");
    await expect(logger.uploadFile("a", path).uploaded).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    await logger.uploadFile("a", path, { overwrite: true }).uploaded;
    await logger.downloadFile("a", join(folder, "back"));
    expect(await readFile(join(folder, "back"), "utf8")).toBe("second");
  });

  test("a large file goes in parts, and comes back as it was", async () => {
    const logger = open("large");
    const path = join(folder, "checkpoint.pt");
    await writeFile(path, "weights");
    await truncate(path, 70 * 1024 * 1024);
    const [file] = await logger.uploadFile("checkpoint.pt", path).uploaded;
    expect(file).toMatchObject({ size: 70 * 1024 * 1024 });
    const back = join(folder, "back.pt");
    await logger.downloadFile("checkpoint.pt", back);
    expect((await readFile(back)).equals(await readFile(path))).toBe(true);
  });

  test("wrong credentials are told at the beginning, with what to do, and files wait for right ones", async () => {
    const credentials = { accessKeyId: "mlogaccess", secretAccessKey: "wrong" };
    const stagingFolder = join(folder, "staging");
    const told: Error[] = [];
    const heard = Promise.withResolvers<void>();
    const destination = new S3Logger("s3://mlog/parked", { ...server!.options, credentials, stagingFolder });
    const logger = new Logger(new State({ runName: "run" }), destination, {
      onError(error) {
        told.push(error);
        heard.resolve();
      },
    });
    await logger.ready;
    await heard.promise;
    const path = join(folder, "a.txt");
    await writeFile(path, "hello");
    await logger.uploadFile("a.txt", path).staged;
    expect(await logger.close({ timeout: 1000 })).toMatchObject([{ delivered: 0, pending: 1, dropped: 0 }]);
    expect(told).toMatchObject([
      { code: "UPLOADS_PARKED", message: expect.stringContaining("check the credentials") as string },
    ]);
    const next = open("parked");
    await next.close();
    const store = new S3ObjectStore("s3://mlog/parked", server!.options);
    onTestFinished(() => store.close());
    expect(await store.head("a.txt")).toMatchObject({ size: 5 });
  });
}

test("a wrong option is thrown by the constructor, whoever it belongs to", () => {
  const make = (options: object): unknown => new S3Logger("s3://bucket", options);
  expect(() => make({ regoin: "eu-central-1" })).toThrow(/no option "regoin"/);
  expect(() => make({ checksum: "sha1" })).toThrow(/checksum must be/);
  expect(() => make({ concurrency: 0 })).toThrow(/concurrency must be/);
  expect(() => new S3Logger("bucket")).toThrow(/uri must be/);
});
