import { describe, expect, test } from "vitest";
import { uploadRun } from "../src/index.ts";
import { FAST, openRun, openServer } from "./open-run.ts";

/** An offline run of three rows and a table. */
async function offlineRun(server: Parameters<typeof openRun>[0]): Promise<string> {
  const { logger, wandb } = openRun(server, { mode: "offline" });
  for (let step = 0; step < 3; step++) logger.logMetrics({ step }, { step });
  logger.logTable(["a"], [[1]], { name: "t", step: 3 });
  await logger.close();
  return wandb.path!;
}

describe("an upload of which a file cannot be sent", () => {
  test("rejects with the first failure if nobody listens, and sends the rest another time", async () => {
    const server = await openServer();
    const path = await offlineRun(server);
    const options = { apiKey: server.apiKey, timing: FAST };
    server.faults.plan("CreateRunFiles", { kind: "graphql errors", message: "no room" });
    await expect(uploadRun(path, options)).rejects.toMatchObject({
      code: "WANDB_NOT_SENT",
      message: expect.stringContaining("no room") as string,
    });
    expect(await uploadRun(path, options)).toMatchObject({ complete: true, alreadySent: false });
    expect(server.run("run1").rows.map((row) => row["_step"])).toEqual([0, 1, 2, 3]);
  });

  test("resolves and says that it is not complete if somebody listens", async () => {
    const server = await openServer();
    const path = await offlineRun(server);
    server.faults.plan("CreateRunFiles", { kind: "graphql errors", message: "no room" });
    const errors: unknown[] = [];
    const onError = (error: Error): void => void errors.push(error);
    const uploaded = await uploadRun(path, { apiKey: server.apiKey, timing: FAST, onError });
    expect(uploaded).toMatchObject({ complete: false, alreadySent: false });
    expect(errors).not.toEqual([]);
    expect(errors[0]).toMatchObject({ code: "WANDB_NOT_SENT" });
  });
});

describe("a signal ends an upload", () => {
  test("whose server cannot be reached", async () => {
    const server = await openServer();
    const path = await offlineRun(server);
    await server.close();
    // It ends while the upload waits for its second attempt.
    const uploading = uploadRun(path, {
      apiKey: server.apiKey,
      timing: { ...FAST, minDelay: 600_000, maxDelay: 600_000 },
      signal: AbortSignal.timeout(500),
    });
    await expect(uploading).rejects.toThrow(/abort/i);
  });

  test.each(["UpsertBucket", "file_stream", "CreateRunFiles", "PUT"])(
    "while %s hangs, and what has not arrived can be sent later",
    async (call) => {
      const server = await openServer();
      const path = await offlineRun(server);
      const controller = new AbortController();
      server.faults.plan(
        ({ call: asked, method }) => {
          const isIt = asked === call || method === call;
          if (isIt) setImmediate(() => controller.abort(new Error("enough")));
          return isIt;
        },
        { kind: "hang" },
        Infinity,
      );
      const { signal } = controller;
      await expect(uploadRun(path, { apiKey: server.apiKey, timing: FAST, signal })).rejects.toThrow(
        /enough|abort/i,
      );
      server.faults.clear();
      const later = await uploadRun(path, { apiKey: server.apiKey, timing: FAST });
      expect(later).toMatchObject({ complete: true, alreadySent: false });
      expect(server.run("run1").rows.map((row) => row["_step"])).toEqual([0, 1, 2, 3]);
    },
  );
});
