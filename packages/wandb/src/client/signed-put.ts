import { createReadStream } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { HttpFailure, reasonIn } from "./http-failure.ts";

/** Bytes on their way to an object store. */
export interface SignedUpload {
  readonly url: string;
  /** Each `Name:value`, as the server gave them: part of what is signed. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | { readonly path: string; readonly size: number };
}

/**
 * Puts bytes to a signed URL. Not by `fetch`, which would send a file in chunks of unsaid number, as
 * object stores refuse it. No credentials go with it: the URL is one. It may take as long as it gets on.
 *
 * @param stalled after how long without a byte it is given up, in ms
 * @throws HttpFailure, or what the socket or the file throws
 */
export async function putSigned(
  { url, headers, body }: SignedUpload,
  stalled: number,
  signal: AbortSignal,
): Promise<void> {
  const target = new URL(url);
  const size = body instanceof Uint8Array ? body.length : body.size;
  const request = (target.protocol === "https:" ? httpsRequest : httpRequest)(target, {
    method: "PUT",
    headers: { ...readHeaders(headers), "content-length": String(size) },
    signal,
    timeout: stalled,
  });
  request.on("timeout", () => request.destroy(new Error(`the upload stood still for ${stalled / 1000} s`)));
  const answered = new Promise<void>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) return resolve();
        const answer = new Headers();
        const retryAfter = response.headers["retry-after"];
        if (retryAfter !== undefined) answer.set("retry-after", retryAfter);
        reject(new HttpFailure(status, answer, reasonIn(Buffer.concat(chunks).toString())));
      });
    });
  });
  if (body instanceof Uint8Array || size === 0) {
    request.end(body instanceof Uint8Array ? body : undefined);
    return answered;
  }
  // Exactly the bytes that were announced, even if the file has grown.
  const sent = pipeline(createReadStream(body.path, { end: size - 1, highWaterMark: 1 << 20 }), request);
  // A refusal may come before all is sent, and then says more than the broken pipe.
  sent.catch(() => undefined);
  await answered;
}

function readHeaders(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const colon = header.indexOf(":");
      return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
    }),
  );
}
