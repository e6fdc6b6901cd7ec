import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { Bucket } from "./bucket.ts";
import * as operations from "./operations.ts";
import type { Answer, Operation } from "./operations.ts";
import { readBody } from "./request-body.ts";
import { S3Error, violation } from "./s3-error.ts";
import { checkSignature, type Credentials } from "./signature.ts";
import { toXml } from "./xml.ts";

export interface S3Options {
  /** Buckets that are there from the beginning. Default: `mlog`. */
  readonly buckets?: readonly string[];
  /** Default: `us-east-1`. */
  readonly region?: string;
  readonly credentials?: Credentials;
  /** The server's clock, Unix milliseconds: another one than the client's makes it refuse signatures. */
  readonly now?: () => number;
  /** Conditional writes that the server takes no notice of, as some stores do. */
  readonly ignores?: readonly ("put-if-none-match" | "complete-if-none-match")[];
}

export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** One line per request so far, such as `PUT /mlog/a.txt 200`. */
  readonly requests: string[];
  /** Stops the server. Rejects if a request broke the protocol in a way that no correct client does. */
  close(): Promise<void>;
}

/** Parameters of a query that say nothing about the operation. */
const HINTS = ["x-id", "prefix", "max-keys", "continuation-token", "start-after", "encoding-type"];
const MORE_HINTS = ["max-parts", "part-number-marker", "max-uploads"];

/** By method, what is addressed and the parameters of the query that choose an operation. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET bucket list-type": operations.listObjects,
  "GET bucket uploads": operations.listMultipartUploads,
  "PUT object": operations.putObject,
  "HEAD object": operations.headObject,
  "GET object": operations.getObject,
  "DELETE object": operations.deleteObject,
  "POST object uploads": operations.createMultipartUpload,
  "PUT object partNumber,uploadId": operations.uploadPart,
  "GET object uploadId": operations.listParts,
  "POST object uploadId": operations.completeMultipartUpload,
  "DELETE object uploadId": operations.abortMultipartUpload,
};

/**
 * An S3 in this process, on loopback: strict about signatures, checksums, conditional writes and the
 * limits of multipart uploads, and with everything in memory. It is written by the API reference of S3, and
 * what is tested with it is tested with another server too.
 */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  const {
    buckets: names = ["mlog"],
    region = "us-east-1",
    credentials = { accessKeyId: "mlogaccess", secretAccessKey: "mlogsecret" },
    now = Date.now,
    ignores = [],
  } = options;
  const buckets = new Map(names.map((name) => [name, new Bucket()]));
  const ignored = new Set<string>(ignores);
  const requests: string[] = [];
  const violations: S3Error[] = [];

  async function answer(request: IncomingMessage): Promise<Answer> {
    const [path = "", search = ""] = (request.url ?? "").split("?", 2);
    const [, bucketName = "", ...segments] = path.split("/").map(decodeURIComponent);
    checkSignature(request, credentials, region, now());
    const key = segments.join("/");
    const query = new URLSearchParams(search);
    const body = await readBody(request);
    if (key === "" && request.method === "PUT" && search === "") {
      if (!buckets.has(bucketName)) buckets.set(bucketName, new Bucket());
      return { status: 200 };
    }
    const bucket = buckets.get(bucketName);
    if (bucket === undefined) throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
    if (key === "" && request.method === "HEAD") return { status: 200 };
    const chosen = [...query.keys()].filter((name) => ![...HINTS, ...MORE_HINTS].includes(name)).sort();
    const name = [request.method, key === "" ? "bucket" : "object", chosen.join()].join(" ").trim();
    const operation = OPERATIONS[name];
    if (operation === undefined) throw violation("NotImplemented", `there is no operation ${name}`, 501);
    return operation({ bucket, bucketName, key, query, headers: request.headers, body, ignored });
  }

  function refuse(error: unknown): Answer {
    if (!(error instanceof S3Error)) throw error;
    if (error.violation) violations.push(error);
    return { status: error.status, xml: toXml("Error", { Code: error.code, Message: error.message }) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, headers = {}, xml, content } = await answer(request).catch(refuse);
      requests.push(`${request.method} ${request.url} ${status}`);
      response.writeHead(status, {
        "x-amz-request-id": `${requests.length}`,
        date: new Date(now()).toUTCString(),
        ...(xml !== undefined && { "content-type": "application/xml" }),
        ...headers,
      });
      if (content === undefined) response.end(request.method === "HEAD" ? undefined : xml);
      else await pipeline(Readable.from(content), response);
      // A request that was refused before its body was read.
      request.resume();
    } catch (error) {
      const clientIsGone = request.errored !== null || response.destroyed;
      if (!clientIsGone) violations.push(violation("InternalError", String(error), 500));
      request.destroy();
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region,
    credentials,
    buckets,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      if (violations.length > 0) {
        throw new AggregateError(violations, `S3: ${violations.map((error) => error.message).join("; ")}`);
      }
    },
  };
}
