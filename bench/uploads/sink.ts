/** A process that takes uploads as S3 and Azure do, counts their bytes, and keeps nothing. Prints where it listens. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const CREATED = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>";
const COMPLETED = '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>';
const LISTED = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";

let received = 0;

const server = createServer((request, response) => {
  const { method = "", url = "" } = request;
  if (url === "/received") {
    response.end(String(received));
    received = 0;
    return;
  }
  // Requests with a body that is no part of an object: lists of parts.
  const counts = method === "PUT" && !url.includes("comp=blocklist");
  request.on("data", (chunk: Buffer) => {
    if (counts) received += chunk.length;
  });
  request.on("end", () => {
    const headers = {
      etag: '"1"',
      "x-ms-version": "2026-02-06",
      "x-ms-request-id": "1",
      "content-type": "application/xml",
    };
    if (method === "POST")
      return response.writeHead(200, headers).end(url.includes("uploadId=") ? COMPLETED : CREATED);
    if (method === "GET" && url.includes("uploads")) return response.writeHead(200, headers).end(LISTED);
    if (method === "HEAD" || method === "GET")
      return response.writeHead(404, { ...headers, "x-ms-error-code": "BlobNotFound" }).end();
    // Azure's SDK insists on the statuses of Azure.
    const isAzure = url.startsWith("/account/");
    const done = method === "DELETE" ? (isAzure ? 202 : 204) : isAzure ? 201 : 200;
    response.writeHead(done, headers).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// Whoever started it has gone.
process.stdin.on("end", () => process.exit()).resume();
