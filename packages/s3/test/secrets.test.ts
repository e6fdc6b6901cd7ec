import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { bodyOf } from "@mlog/object-store";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { S3ObjectStore } from "../src/store.ts";

/** Answers with all that it was sent, wherever an error can carry text. */
async function startEcho(answer: () => { status: number; code: string }): Promise<string> {
  const server = createServer((request, response) => {
    const { status, code } = answer();
    const sent = inspect(request.rawHeaders, { maxArrayLength: null, maxStringLength: null });
    request.resume();
    const text = sent.replace(/[<>&]/g, " ");
    const body = `<Error><Code>${code}</Code><Message>${text}</Message><StringToSign>${text}</StringToSign></Error>`;
    response
      .writeHead(status, { "content-type": "application/xml", "x-sent": encodeURIComponent(text) })
      .end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("no error shows a secret, even if the server sends back what it was sent", async () => {
  let answer = { status: 403, code: "AccessDenied" };
  const endpoint = await startEcho(() => answer);
  const secret = fc.stringMatching(/^[A-Za-z0-9/+=]{16,80}$/);
  const property = fc.asyncProperty(
    secret,
    secret,
    fc.constantFrom(200, 301, 400, 403, 404, 409, 500, 503),
    fc.constantFrom("AccessDenied", "SignatureDoesNotMatch", "InvalidToken", "Odd", ""),
    async (secretAccessKey, sessionToken, status, code) => {
      answer = { status, code };
      const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey, sessionToken };
      const store = new S3ObjectStore("s3://bucket/prefix", { endpoint, region: "us-east-1", credentials });
      const calls = [
        () => store.put("a", bodyOf(Buffer.from("x"))),
        () => store.head("a"),
        () => store.get("a"),
        () => Array.fromAsync(store.list("")),
        () => store.delete("a"),
        () => store.multipart.start("a"),
      ];
      const errors = await Promise.all(calls.map((call) => call().catch((error: unknown) => error)));
      await store.close();
      const shown = [store.uri("a"), inspect(store, { depth: 9, showHidden: true })];
      for (const error of errors) shown.push(String(error), inspect(error, { depth: 9, showHidden: true }));
      for (const text of shown) {
        expect(text).not.toContain(secretAccessKey);
        if (text.includes(sessionToken)) throw new Error(`a session token is shown: ${text}`);
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("a wrong option is named, and a secret among them is not shown", () => {
  const open = (options: object): unknown => new S3ObjectStore("s3://bucket", options);
  expect(() => open({ endpoint: "https://user:hunter2@example.com" })).toThrow(
    /endpoint must hold no user name/,
  );
  expect(() => open({ endpoint: "https://user:hunter2@example.com" })).not.toThrow(/hunter2/);
  expect(() => open({ endpoint: "hunter2" })).not.toThrow(/hunter2/);
  expect(() => open({ credentials: { accessKeyId: "", secretAccessKey: "hunter2" } })).not.toThrow(/hunter2/);
  expect(() => open({ bucket: "a" })).toThrow(/no such option/);
  expect(() => open({ checksum: "sha1" })).toThrow(/checksum must be/);
  expect(() => open({ tags: { a: 1 } })).toThrow(/tags.a must be/);
});

test.each(["http://bucket/a", "s3://", "s3://a/../b", "s3://bucket//a", "s3:///a", "bucket", ""])(
  "the URI %j is refused",
  (uri) => {
    expect(() => new S3ObjectStore(uri)).toThrow(
      expect.objectContaining({ name: expect.stringMatching(/^Mlog/) }),
    );
  },
);
