import assert from "node:assert/strict";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { S3Logger } from "@mlog/s3";
import { type HttpFault, startHttpFaultProxy } from "@mlog/test-servers/fault-proxy";
import { type S3Server, startS3 } from "@mlog/test-servers/s3";
import type { Random } from "../random.ts";
import { type Proof, sampled } from "../proof.ts";

const LARGE = 70 * 1024 * 1024;

/**
 * Requests arrive twice, answers get lost after the server has acted, servers are busy: every upload, with
 * and without overwrite, ends with exactly its object, and is reported once.
 */
export const uploadsOverBadNetwork: Proof = {
  name: "uploads-over-bad-network",
  async run(setting) {
    const { folder, random } = setting;
    const count = sampled(setting, 500);
    const server = await startS3();
    const faults = new Map<string, number>();
    const proxy = await startHttpFaultProxy(server.endpoint, () => {
      const fault = chooseFault(random);
      const kind = fault?.kind ?? "none";
      faults.set(kind, (faults.get(kind) ?? 0) + 1);
      return fault;
    });
    const { region, credentials } = server;
    const destination = new S3Logger("s3://mlog", {
      endpoint: proxy.endpoint,
      region,
      credentials,
      conditionalWrites: "always",
      stagingFolder: join(folder, "staging"),
      concurrency: 16,
      showProgress: false,
    });
    const told: Error[] = [];
    const logger = new Logger(new State({ runName: "bad-network" }), destination, {
      onError: (error) => told.push(error),
    });
    await logger.ready;

    await mkdir(join(folder, "files"));
    const expected = new Map<string, Buffer | number>();
    const uploads = [];
    for (let i = 0; i < count; i++) {
      const name = `${i}.bin`;
      const path = join(folder, "files", name);
      const isLarge = i % 50 === 49;
      const bytes = Buffer.from(`${name} ${random.below(1e9)}`);
      await writeFile(path, bytes);
      if (isLarge) await truncate(path, LARGE);
      expected.set(name, isLarge ? LARGE : bytes);
      uploads.push(logger.uploadFile(name, path, { overwrite: i % 2 === 0 }).uploaded);
    }
    const files = (await Promise.all(uploads)).flat();
    const [delivery] = await logger.close();
    await proxy.close();

    assert.deepEqual(files.map(({ name }) => name).sort(), [...expected.keys()].sort());
    assert.equal(delivery!.delivered, count, "each upload is reported once");
    assert.deepEqual(told, [], "what passed by itself is nobody's trouble");
    checkObjects(server, expected);
    await server.close();
    const seen = [...faults].map(([kind, times]) => `${times} ${kind}`).join(", ");
    return `${count} uploads, ${server.requests.length} requests at the server (${seen})`;
  },
};

function chooseFault(random: Random): HttpFault | undefined {
  const number = random.below(100);
  if (number < 25) return { kind: "lose response" };
  if (number < 40) return { kind: "duplicate" };
  if (number < 45) return { kind: "duplicate and lose response" };
  if (number < 50) return { kind: "answer", status: 503, body: "<Error><Code>SlowDown</Code></Error>" };
  return undefined;
}

function checkObjects(server: S3Server, expected: ReadonlyMap<string, Buffer | number>): void {
  const bucket = server.buckets.get("mlog")!;
  assert.deepEqual([...bucket.objects.keys()].sort(), [...expected.keys()].sort());
  for (const [name, content] of expected) {
    const object = bucket.object(name).content;
    if (typeof content === "number") assert.equal(object.size, content, name);
    else assert.ok(object.bytes().equals(content), `${name} has other bytes`);
  }
  assert.equal(bucket.uploads.size, 0, "no upload in parts is left open");
}
