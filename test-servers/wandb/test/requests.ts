import { request as httpRequest } from "node:http";
import type { WandbServer } from "../index.ts";
import { type Client, row } from "./client.ts";

/** Where a file can be sent. */
export interface Place {
  readonly url: string;
  readonly headers: readonly string[];
}

/** A signed URL for a file of the run, and its headers. */
export async function placeFor(client: Client, name: string): Promise<Place> {
  const { body } = await client.createFiles([name]);
  const { createRunFiles } = body.data as unknown as {
    createRunFiles: { uploadHeaders: string[]; files: { uploadUrl: string }[] };
  };
  return { url: createRunFiles.files[0]!.uploadUrl, headers: createRunFiles.uploadHeaders };
}

/** A request with lines of the history. */
export function historyOf(content: readonly string[], offset = 0): object {
  return { files: { "wandb-history.jsonl": { offset, content } } };
}

/** Two rows. */
export const LINES: readonly string[] = [row(0), row(1)].map((each) => JSON.stringify(each));

/** A request to file_stream with bytes for a body. @returns the status */
export function rawStream(
  server: WandbServer,
  body: Uint8Array,
  headers: Record<string, string>,
): Promise<number> {
  const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString("base64")}`;
  return fetch(`${server.baseUrl}/files/me/proj/run1/file_stream`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", ...headers },
    body: new Uint8Array(body),
  }).then(({ status }) => status);
}

/** Sends half of a request. @returns what sends the rest */
export function beginStream(server: WandbServer): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString("base64")}`;
    const headers = {
      authorization,
      "content-type": "application/json",
      "content-length": "2",
      expect: "100-continue",
    };
    const url = `${server.baseUrl}/files/me/proj/run1/file_stream`;
    const request = httpRequest(url, { method: "POST", headers });
    request.on("error", reject);
    request.on("continue", () =>
      resolve(
        () =>
          new Promise((ended) => {
            request.on("response", (response) => response.resume().on("end", ended));
            request.end("{}");
          }),
      ),
    );
    request.flushHeaders();
  });
}

/** A PUT without Content-Length. */
export function chunkedPut(url: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(":")[0]!, line.slice(line.indexOf(":") + 1)]),
    );
    const request = httpRequest(url, { method: "PUT", headers }, (response) =>
      response.resume().on("end", resolve),
    );
    request.on("error", reject);
    request.write("a");
    request.end("b");
  });
}
