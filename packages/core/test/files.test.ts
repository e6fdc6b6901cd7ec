import { describe, expect, test } from "vitest";
import {
  Logger,
  type LoggerDestination,
  MlogError,
  type RemoteFile,
  State,
  type UploadRequest,
} from "../src/index.ts";
import { recorder, rejectionOf } from "./recorder.ts";

const newState = (): State => new State({ runName: "run", ranks: { rank: 3, worldSize: 8 } });
const silent = { onError: (): void => undefined };

function store(
  name: string,
  files: Record<string, number> = {},
): LoggerDestination & { requests: UploadRequest[] } {
  const requests: UploadRequest[] = [];
  return {
    name,
    specVersion: 1,
    requests,
    uploadFile(request) {
      requests.push(request);
      return {
        staged: Promise.resolve(),
        uploaded: Promise.resolve([{ destination: name, name: request.remoteFileName, size: 1 }]),
      };
    },
    async downloadFile(remoteFileName) {
      if (!(remoteFileName in files)) throw new MlogError("FILE_NOT_FOUND", remoteFileName);
    },
    async *listFiles(prefix): AsyncGenerator<RemoteFile> {
      for (const [file, size] of Object.entries(files)) {
        if (file.startsWith(prefix)) yield { destination: name, name: file, size };
      }
    },
  };
}

describe("uploadFile", () => {
  test("fills in names and ranks, strips leading slashes, and goes to every destination that takes files", async () => {
    const [a, b] = [store("a"), store("b")];
    const state = newState();
    state.nextBatch();
    const logger = new Logger(state, [a, recorder(), b]);
    const upload = logger.uploadFile("/{run_name}/rank{rank}/ba{batch}-{other}.pt", "/tmp/{run_name}.pt");
    const request = { remoteFileName: "run/rank3/ba1-{other}.pt", filePath: "/tmp/run.pt", overwrite: false };
    expect([a.requests, b.requests]).toEqual([[request], [request]]);
    await upload.staged;
    expect((await upload.uploaded).map((file) => file.destination)).toEqual(["a", "b"]);
  });

  test("takes a file: URL and overwrite (Composer: overwrite=False)", () => {
    const a = store("a");
    new Logger(newState(), a).uploadFile("x", new URL("file:///tmp/a%20b"), { overwrite: true });
    expect(a.requests).toEqual([{ remoteFileName: "x", filePath: "/tmp/a b", overwrite: true }]);
  });

  test("without a destination that takes files rejects with a code, and may be ignored", async () => {
    const logger = new Logger(newState(), recorder());
    expect(logger.hasFileUploadDestination()).toBe(false);
    const upload = logger.uploadFile("x", "/tmp/x");
    await upload.staged;
    await expect(upload.uploaded).rejects.toMatchObject({ code: "NO_UPLOAD_DESTINATION" });
  });

  test("that fails in one destination reaches the others, and rejects with every error", async () => {
    const throws = recorder({
      uploadFile: () => {
        throw new Error("full");
      },
    });
    const rejects = recorder({
      uploadFile: () => ({ staged: Promise.resolve(), uploaded: Promise.reject(new Error("refused")) }),
    });
    const healthy = store("healthy");
    const logger = new Logger(newState(), [throws, rejects, healthy], silent);
    expect(logger.hasFileUploadDestination()).toBe(true);
    const upload = logger.uploadFile("x", "/tmp/x");
    expect(healthy.requests).toHaveLength(1);
    await expect(upload.staged).rejects.toThrow("full");
    expect((await rejectionOf(upload.uploaded)).errors).toMatchObject([
      { message: "full" },
      { message: "refused" },
    ]);
  });
});

describe("downloadFile", () => {
  test("takes the first destination that has the file", async () => {
    const asked: string[] = [];
    const broken = recorder({
      downloadFile: () => (asked.push("broken"), Promise.reject(new Error("offline"))),
    });
    const logger = new Logger(newState(), [store("empty"), broken, store("full", { x: 1 })], silent);
    await logger.downloadFile("x", "/tmp/x");
    expect(asked).toEqual(["broken"]);
    await expect(logger.downloadFile("y", "/tmp/y")).rejects.toThrow("offline");
  });

  test("says with a code when nobody has the file, and when nobody can download", async () => {
    await expect(new Logger(newState(), store("a")).downloadFile("x", "y")).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    await expect(new Logger(newState()).downloadFile("x", "y")).rejects.toMatchObject({
      code: "NO_DOWNLOAD_DESTINATION",
    });
  });
});

describe("listFiles", () => {
  test("lists every destination's files below the prefix", async () => {
    const logger = new Logger(newState(), [
      store("a", { "x/1": 1, y: 2 }),
      recorder(),
      store("b", { "x/2": 3 }),
    ]);
    expect(
      (await Array.fromAsync(logger.listFiles("x/"))).map((file) => `${file.destination} ${file.name}`),
    ).toEqual(["a x/1", "b x/2"]);
    expect(await Array.fromAsync(logger.listFiles())).toHaveLength(3);
  });

  test("says with a code when nobody can list", async () => {
    await expect(Array.fromAsync(new Logger(newState()).listFiles())).rejects.toMatchObject({
      code: "NO_DOWNLOAD_DESTINATION",
    });
  });
});
