import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { type TcpFault, startTcpFaultProxy } from "@mlog/test-servers/fault-proxy";
import { startS3 } from "@mlog/test-servers/s3";
import { expect, onTestFinished, test } from "vitest";
import { S3Logger } from "../src/index.ts";

test.each<TcpFault>([
  { kind: "black hole" },
  { kind: "reset before response" },
  { kind: "half-close" },
  { kind: "slow drip", msPerByte: 60_000 },
])("a file arrives once connections work again, after: $kind", async (fault) => {
  const folder = await mkdtemp(join(tmpdir(), "mlog-outage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await startS3();
  onTestFinished(() => server.close());
  const proxy = await startTcpFaultProxy(server.endpoint, (connection) =>
    connection < 3 ? fault : undefined,
  );
  onTestFinished(() => proxy.close());
  const { region, credentials } = server;
  const destination = new S3Logger("s3://mlog", {
    endpoint: proxy.endpoint,
    region,
    credentials,
    stagingFolder: join(folder, "staging"),
    requestTimeout: 200,
    checkAtStart: false,
  });
  const logger = new Logger(new State({ runName: "run" }), destination, { onError: () => undefined });
  const path = join(folder, "a.txt");
  await writeFile(path, "hello");
  const [file] = await logger.uploadFile("a.txt", path).uploaded;
  expect(file).toMatchObject({ name: "a.txt", size: 5 });
  expect(proxy.connections).toBeGreaterThan(3);
  expect([...server.buckets.get("mlog")!.objects.keys()]).toEqual(["a.txt"]);
  expect(await logger.close()).toMatchObject([{ delivered: 1, pending: 0, dropped: 0 }]);
});
