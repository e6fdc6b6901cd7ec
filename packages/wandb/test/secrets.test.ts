import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { HttpConnection } from "../src/client/connection.ts";
import { WandBLogger } from "../src/index.ts";
import { eventually, FAST, openRun, openServer } from "./open-run.ts";

test("the API key is in no error, no file and nothing that can be printed", async () => {
  const server = await openServer();
  const key = server.apiKey;
  const token = Buffer.from(`api:${key}`).toString("base64");
  // A server, or a proxy, that repeats what it was sent.
  server.faults.plan("file_stream", { kind: "status", status: 500 }, 4);
  server.faults.plan("UpsertBucket", {
    kind: "graphql errors",
    message: `bad header Basic ${token} of ${key}`,
  });
  const refused = openRun(server, { id: "refused" });
  refused.logger.logMetrics({ loss: 1 });
  await expect(refused.wandb.started()).rejects.toThrow("***");
  await refused.logger.close();
  const { logger, wandb, state, errors } = openRun(server);
  logger.logHyperparameters({ lr: 1 });
  logger.logMetrics({ loss: 1 }, { step: 0 });
  logger.logMetrics({ loss: 1 }, { step: 1 });
  await eventually(() => server.run("run1").rows.length).toBe(1);
  const connection = new HttpConnection({
    baseUrl: server.baseUrl,
    apiKey: key,
    userAgent: "test",
    timing: FAST,
  });
  const deep = { depth: Infinity, showHidden: true } as const;
  const printed = [
    inspect([wandb, logger, connection, refused], deep),
    JSON.stringify([wandb, state, connection]),
    inspect([...errors, ...refused.errors], deep),
    ...textsOf(wandb.path!),
    ...textsOf(refused.wandb.path!),
  ];
  await logger.close();
  printed.push(...textsOf(wandb.path!));
  for (const text of printed) {
    expect(text.includes(key)).toBe(false);
    expect(text.includes(token)).toBe(false);
  }
});

test("a wrong key is not shown", () => {
  const wrong = { apiKey: 12_345_678 } as unknown as ConstructorParameters<typeof WandBLogger>[0];
  let message = "";
  try {
    new WandBLogger(wrong);
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain("apiKey");
  expect(message).not.toContain("12345678");
});

test("the key goes to the server alone, and not to where its files are", async () => {
  const server = await openServer();
  const { logger } = openRun(server);
  logger.logMetrics({ loss: 1 });
  await logger.close();
  const puts = server.exchanges.filter(({ method }) => method === "PUT");
  expect(puts.length).toBeGreaterThan(0);
  expect(puts.filter(({ headers }) => "authorization" in headers)).toEqual([]);
});

function textsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"));
}
