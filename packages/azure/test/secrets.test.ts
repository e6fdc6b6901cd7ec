import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { bodyOf } from "@mlog/object-store";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { AzureBlobStore } from "../src/store.ts";

/** Answers with all that it was sent, the URL with its signature too. */
async function startEcho(answer: () => { status: number; code: string }): Promise<string> {
  const server = createServer((request, response) => {
    const { status, code } = answer();
    const sent = `${request.url} ${decodeURIComponent(request.url ?? "")} ${inspect(request.rawHeaders)}`;
    const text = sent.replace(/[<>&\n]/g, " ");
    request.resume();
    response.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("no error or URI shows a secret, even if the server sends back what it was sent", async () => {
  let answer = { status: 403, code: "AuthenticationFailed" };
  const origin = await startEcho(() => answer);
  const property = fc.asyncProperty(
    fc.uint8Array({ minLength: 32, maxLength: 64 }),
    fc.boolean(),
    fc.constantFrom(400, 403, 404, 409, 412, 500, 503),
    fc.constantFrom("AuthenticationFailed", "InvalidUri", "BlobNotFound", "Odd"),
    async (secretBytes, isSas, status, code) => {
      answer = { status, code };
      const secret = Buffer.from(secretBytes).toString("base64");
      const sasToken = `?sv=2026-02-06&ss=b&srt=sco&sp=rwdlac&sig=${encodeURIComponent(secret)}`;
      const store = new AzureBlobStore(
        `${origin}/account/container/prefix`,
        isSas ? { sasToken } : { accountKey: secret },
      );
      const calls = [
        () => store.put("a", bodyOf(Buffer.from("x"))),
        () => store.head("a"),
        () => store.get("a"),
        () => Array.fromAsync(store.list("")),
        () => store.delete("a"),
      ];
      const errors = await Promise.all(calls.map((call) => call().catch((error: unknown) => error)));
      const shown = [store.uri("a"), inspect(store, { depth: 9, showHidden: true })];
      for (const error of errors) shown.push(String(error), inspect(error, { depth: 9, showHidden: true }));
      const forms = [secret, encodeURIComponent(secret)];
      expect(shown.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("a wrong option or URI is told without a secret", () => {
  const url = "https://account.blob.core.windows.net/container";
  const attempts: (() => unknown)[] = [
    () => new AzureBlobStore(`${url}?sig=hunter2`),
    () => new AzureBlobStore(url, { connectionString: "AccountKey=hunter2" }),
    () => new AzureBlobStore(url, { accountKey: "hunter2", sasToken: "hunter2" }),
    () =>
      new AzureBlobStore("https://user:hunter2@account.blob.core.windows.net/container", { sasToken: "a" }),
  ];
  for (const attempt of attempts) {
    expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(attempt).not.toThrow(/hunter2/);
  }
  expect(() => new AzureBlobStore(url, { sasTokn: "a" } as object)).toThrow(/no option "sasTokn"/);
});

test.each([
  "azure://",
  "azure://No",
  "azure://ok/../b",
  "ftp://a/b",
  "https://account.blob.core.windows.net",
  "azure://a--b",
  "",
])("the URI %j is refused", (uri) => {
  const open = (): unknown => new AzureBlobStore(uri, { connectionString: "UseDevelopmentStorage=true" });
  expect(open).toThrow(expect.objectContaining({ name: expect.stringMatching(/^Mlog/) as string }));
});
