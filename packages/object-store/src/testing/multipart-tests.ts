import assert from "node:assert/strict";
import type { MultipartUpload, MultipartUploads, UploadedPart } from "../multipart.ts";
import { bodyOf } from "../object-body.ts";
import type { ObjectStore } from "../object-store.ts";
import type { ContractContext } from "./contract-context.ts";
import { assertRejects, readObject, someBytes } from "./expectations.ts";

/** That an object can arrive in parts, and be there only when it is complete. */
export function multipartTests({ test, store: open, capabilities }: ContractContext): void {
  const folder = "contract/multipart";

  /** Registers a test, which has nothing to show for a store without uploads in parts. */
  const testParts = (
    name: string,
    run: (store: ObjectStore, uploads: MultipartUploads) => Promise<void>,
  ): void => {
    test(name, async () => {
      const store = await open();
      if (store.multipart !== undefined) await run(store, store.multipart);
    });
  };

  testParts("parts may come in any order, and twice", async (store, uploads) => {
    const name = `${folder}/order`;
    const attributes = { contentType: "application/jsonl", metadata: { mlogupload: "7" } };
    const bytes = someBytes(2 * uploads.minPartSize + 9);
    const pieces = cut(bytes, uploads.minPartSize);
    const upload = await uploads.start(name, attributes);
    assert.deepEqual(JSON.parse(JSON.stringify(upload)), upload, "an upload is plain data");
    await uploads.putPart(upload, 2, bodyOf(someBytes(uploads.minPartSize, 99)));
    const parts: UploadedPart[] = [];
    for (const number of [3, 1, 2])
      parts[number - 1] = await uploads.putPart(upload, number, bodyOf(pieces[number - 1]!));
    await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
    assert.deepEqual(JSON.parse(JSON.stringify(parts)), parts, "parts are plain data");
    await uploads.complete(upload, parts, attributes);
    const { bytes: read, info } = await readObject(store, name);
    assert.ok(read.equals(bytes));
    assert.equal(info.contentType, "application/jsonl");
    assert.equal(info.metadata["mlogupload"], "7");
  });

  testParts(
    "parts may be sent at the same time, and completed in another process",
    async (store, uploads) => {
      const name = `${folder}/parallel`;
      const bytes = someBytes(3 * uploads.minPartSize + 1);
      const upload = await uploads.start(name);
      const again = JSON.parse(JSON.stringify(upload)) as MultipartUpload;
      const parts = await sendAll(uploads, again, bytes);
      await uploads.complete(again, JSON.parse(JSON.stringify(parts)) as UploadedPart[]);
      assert.ok((await readObject(store, name)).bytes.equals(bytes));
    },
  );

  testParts("an upload that is aborted leaves nothing", async (store, uploads) => {
    const name = `${folder}/aborted`;
    const upload = await uploads.start(name);
    const parts = await sendAll(uploads, upload, someBytes(10));
    if (capabilities.openUploads) assert.deepEqual(await uploads.list(name), [upload]);
    await uploads.abort(upload);
    await uploads.abort(upload);
    await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
    if (!capabilities.openUploads) return;
    assert.deepEqual(await uploads.list(name), []);
    await assertRejects(uploads.putPart(upload, 1, bodyOf(someBytes(10))), "UPLOAD_GONE");
    await assertRejects(uploads.complete(upload, parts), "UPLOAD_GONE");
  });

  testParts("open uploads are those of exactly that name", async (_store, uploads) => {
    if (!capabilities.openUploads) return;
    const one = await uploads.start(`${folder}/open`);
    const longer = await uploads.start(`${folder}/open-too`);
    assert.deepEqual(await uploads.list(`${folder}/open`), [one]);
    const second = await uploads.start(`${folder}/open`);
    assert.equal((await uploads.list(`${folder}/open`)).length, 2);
    for (const upload of [one, longer, second]) await uploads.abort(upload);
  });

  testParts("an upload cannot be completed with a part that never arrived", async (store, uploads) => {
    const name = `${folder}/missing`;
    const upload = await uploads.start(name);
    const [part] = await sendAll(uploads, upload, someBytes(10));
    await assertRejects(uploads.complete(upload, [{ ...part!, number: 2 }]), "UPLOAD_GONE");
    await assertRejects(store.head(name), "OBJECT_NOT_FOUND");
    await uploads.abort(upload);
  });

  testParts("a completed upload is not open any more", async (_store, uploads) => {
    const name = `${folder}/completed`;
    const upload = await uploads.start(name);
    await uploads.complete(upload, await sendAll(uploads, upload, someBytes(10)));
    if (capabilities.openUploads) assert.deepEqual(await uploads.list(name), []);
  });

  if (!capabilities.conditionalComplete) return;

  testParts("without leave to replace, an upload in parts is refused at its end", async (store, uploads) => {
    const name = `${folder}/refused`;
    const upload = await uploads.start(name);
    const parts = await sendAll(uploads, upload, someBytes(10, 2));
    await store.put(name, bodyOf(Buffer.from("first")));
    await assertRejects(uploads.complete(upload, parts, { ifNoneMatch: "*" }), "OBJECT_EXISTS");
    assert.equal((await readObject(store, name)).bytes.toString(), "first");
    await uploads.abort(upload);
    await store.delete(name);
    const next = await uploads.start(name);
    await uploads.complete(next, await sendAll(uploads, next, someBytes(10)), { ifNoneMatch: "*" });
    assert.ok((await readObject(store, name)).bytes.equals(someBytes(10)));
  });
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function sendAll(uploads: MultipartUploads, upload: MultipartUpload, bytes: Buffer): Promise<UploadedPart[]> {
  return Promise.all(
    cut(bytes, uploads.minPartSize).map((piece, index) => uploads.putPart(upload, index + 1, bodyOf(piece))),
  );
}
