import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { ObjectBody } from "@mlog/object-store";
import { S3ObjectStore } from "@mlog/s3/store";
import { startS3 } from "@mlog/test-servers/s3";
import type { Proof } from "../proof.ts";

const FIVE_GIB = 5 * 2 ** 30;
const PART = 64 * 2 ** 20;
const AT_A_TIME = 4;

/** A file of 5 GiB, all but its ends a hole, arrives in parts and comes back as it was. */
export const largeObject: Proof = {
  name: "large-object",
  async run({ folder, fraction }) {
    const size = Math.round(FIVE_GIB * fraction) + 12_345;
    const path = join(folder, "sparse");
    const file = await open(path, "w");
    await file.write("begin", 0);
    await file.write("end", size - 3);
    await file.close();

    const server = await startS3();
    const { endpoint, region, credentials } = server;
    const store = new S3ObjectStore("s3://mlog", { endpoint, region, credentials });
    const ranges = Array.from({ length: Math.ceil(size / PART) }, (_, i) => ({
      number: i + 1,
      start: i * PART,
      end: Math.min(size, (i + 1) * PART),
    }));
    const upload = await store.multipart.start("large");
    const waiting = [...ranges];
    const parts: Awaited<ReturnType<typeof store.multipart.putPart>>[] = [];
    const send = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { number, start, end } = next;
        const body = await bodyOfFile(path, start, end);
        parts[number - 1] = await store.multipart.putPart(upload, number, body);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, send));
    await store.multipart.complete(upload, parts);

    const { info, body } = await store.get("large");
    assert.equal(info.size, size);
    let sum = 0;
    for await (const chunk of body) sum = crc32(chunk, sum);
    assert.equal(sum, (await bodyOfFile(path, 0, size)).checksums.crc32);
    await store.close();
    await server.close();
    return `${(size / 2 ** 30).toFixed(2)} GiB in ${parts.length} parts`;
  },
};

async function bodyOfFile(path: string, start: number, end: number): Promise<ObjectBody> {
  const file = await open(path);
  let sum = 0;
  for await (const chunk of file.createReadStream({ start, end: end - 1, highWaterMark: 2 ** 20 })) {
    sum = crc32(chunk as Buffer, sum);
  }
  return { source: { path, start, end }, size: end - start, checksums: { crc32: sum } };
}
