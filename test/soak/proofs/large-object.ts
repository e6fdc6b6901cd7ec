import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { ObjectBody, ObjectStore, UploadedPart } from "@mlog/object-store";
import { azurite, ceph, inProcess, type StoreOnServer } from "../large-stores.ts";
import type { Proof } from "../proof.ts";

const FIVE_GIB = 5 * 2 ** 30;
const PART = 64 * 2 ** 20;
const AT_A_TIME = 4;

/** A file of 5 GiB, all but its ends a hole, arrives in parts and comes back as it was. */
export const largeObject: Proof = proofWith("large-object", inProcess);
export const largeObjectOnCeph: Proof = proofWith("large-object-on-ceph", ceph);
export const largeObjectOnAzurite: Proof = proofWith("large-object-on-azurite", azurite);

function proofWith(name: string, start: () => Promise<StoreOnServer | undefined>): Proof {
  return {
    name,
    async run({ folder, fraction }) {
      const server = await start();
      if (server === undefined) return "left out: the server is not installed";
      const size = Math.round(FIVE_GIB * fraction) + 12_345;
      const path = join(folder, "sparse");
      const file = await open(path, "w");
      await file.write("begin", 0);
      await file.write("end", size - 3);
      await file.close();
      try {
        const parts = await send(server.store, path, size);
        const { info, body } = await server.store.get("large");
        assert.equal(info.size, size);
        let sum = 0;
        for await (const chunk of body) sum = crc32(chunk, sum);
        assert.equal(sum, (await bodyOfFile(path, 0, size)).checksums.crc32);
        return `${(size / 2 ** 30).toFixed(2)} GiB in ${parts} parts`;
      } finally {
        await server.store.close?.();
        await server.close();
      }
    },
  };
}

/** @returns the number of parts */
async function send(store: ObjectStore, path: string, size: number): Promise<number> {
  const multipart = store.multipart!;
  const upload = await multipart.start("large");
  const waiting = Array.from({ length: Math.ceil(size / PART) }, (_, i) => i + 1);
  const parts: UploadedPart[] = [];
  const sendSome = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const body = await bodyOfFile(path, (number - 1) * PART, Math.min(size, number * PART));
      parts[number - 1] = await multipart.putPart(upload, number, body);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sendSome));
  await multipart.complete(upload, parts);
  return parts.length;
}

async function bodyOfFile(path: string, start: number, end: number): Promise<ObjectBody> {
  const file = await open(path);
  const md5 = createHash("md5");
  let sum = 0;
  for await (const chunk of file.createReadStream({ start, end: end - 1, highWaterMark: 2 ** 20 })) {
    sum = crc32(chunk as Buffer, sum);
    md5.update(chunk as Buffer);
  }
  return { source: { path, start, end }, size: end - start, checksums: { crc32: sum, md5: md5.digest() } };
}
