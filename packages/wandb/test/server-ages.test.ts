import { expect, test } from "vitest";
import { openRun, openServer } from "./open-run.ts";

const ROWS = 500;

test("lines are compressed for a server that says it takes that, and come again as they were", async () => {
  const server = await openServer({ features: ["FILESTREAM_GZIP"] });
  server.faults.plan("file_stream", { kind: "status", status: 500 }, 2);
  const { logger } = openRun(server);
  for (let step = 0; step < ROWS; step++) logger.logMetrics({ loss: step / 7 }, { step });
  await logger.close();
  server.assertNoViolations();
  expect(server.run("run1").rows).toHaveLength(ROWS);
  const streamed = server.exchanges.filter(({ call }) => call === "file_stream");
  const compressed = streamed.filter(({ headers }) => headers["content-encoding"] === "gzip");
  expect(compressed.length).toBeGreaterThan(2);
  const plainBytes = server.run("run1").history.join("").length;
  const delivered = compressed.filter(({ outcome }) => outcome.status === 200);
  expect(delivered.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(plainBytes / 2);
});

test("a server that is too old to be asked for features gets no compressed lines", async () => {
  const server = await openServer({ lacks: ["serverInfo"] });
  const { logger, errors } = openRun(server);
  for (let step = 0; step < ROWS; step++) logger.logMetrics({ loss: step / 7 }, { step });
  await logger.close();
  server.assertNoViolations();
  expect(server.run("run1").rows).toHaveLength(ROWS);
  expect(server.exchanges.some(({ headers }) => headers["content-encoding"] !== undefined)).toBe(false);
  expect(errors).toEqual([]);
});

test("files reach a server that knows only the older way to ask for their URLs", async () => {
  const server = await openServer({ lacks: ["createRunFiles"] });
  // A URL that is too old is asked for again the same way.
  server.faults.plan("PUT", { kind: "expired" });
  const { logger, errors } = openRun(server);
  for (let step = 0; step < 3; step++) logger.logTable(["a"], [[step]], { name: "t", step });
  await logger.close();
  server.assertNoViolations();
  expect(errors).toEqual([]);
  const run = server.run("run1");
  expect(run).toMatchObject({ complete: true, exitCode: 0 });
  const names = [...run.files.keys()];
  expect(names.filter((name) => name.startsWith("media/table/"))).toHaveLength(3);
  expect(names.filter((name) => run.file(name) === undefined)).toEqual([]);
  // Once is enough to know it.
  expect(server.exchanges.filter(({ call }) => call === "CreateRunFiles")).toHaveLength(1);
});
