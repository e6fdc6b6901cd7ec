import type { IncomingHttpHeaders } from "node:http";
import type { Bucket, Properties, StoredObject } from "./bucket.ts";
import type { Body } from "./request-body.ts";
import { S3Error, violation } from "./s3-error.ts";
import { readElements, toXml } from "./xml.ts";

export interface S3Request {
  readonly bucket: Bucket;
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
  /** Conditional writes that this server takes no notice of, as some stores do. */
  readonly ignored: ReadonlySet<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly xml?: string;
  readonly content?: Iterable<Buffer>;
}

export type Operation = (request: S3Request) => Answer;

const KEPT =
  /^(content-(type|language|disposition|encoding)|cache-control|x-amz-(meta-.+|storage-class|acl|tagging|server-side-encryption.*|checksum-type))$/;

export const putObject: Operation = (request) => {
  const { bucket, key, headers, body } = request;
  checkKey(key);
  if (!body.verified) throw violation("InvalidRequest", `${key}: the upload has no checksum`);
  checkConditions(request, "put-if-none-match");
  const object = bucket.put(key, body, propertiesOf(headers));
  return { status: 200, headers: { etag: object.etag, "x-amz-checksum-crc32": body.crc32 } };
};

export const headObject: Operation = ({ bucket, key, headers }) => {
  const object = bucket.object(key);
  return {
    status: 200,
    headers: { ...describe(object, headers), "content-length": `${object.content.size}` },
  };
};

export const getObject: Operation = ({ bucket, key, headers }) => {
  const object = bucket.object(key);
  if (headers["if-match"] !== undefined && headers["if-match"] !== object.etag) throw preconditionFailed();
  const { size } = object.content;
  const range = headers.range === undefined ? undefined : readRange(headers.range, size);
  const { start, end } = range ?? { start: 0, end: size };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...describe(object, headers, range === undefined),
      "content-length": `${end - start}`,
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
    },
    content: object.content.read(start, end),
  };
};

export const deleteObject: Operation = ({ bucket, key }) => {
  bucket.objects.delete(key);
  return { status: 204 };
};

export const listObjects: Operation = ({ bucket, bucketName, query }) => {
  if (query.get("list-type") !== "2") throw violation("NotImplemented", "only ListObjectsV2 is here", 501);
  const prefix = query.get("prefix") ?? "";
  const max = Math.min(1000, Number(query.get("max-keys") ?? 1000));
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const encode = (text: string): string =>
    query.get("encoding-type") === "url" ? encodeURIComponent(text) : text;
  const keys = bucket.keys(prefix);
  const first = keys.findIndex(
    (key) => after === "" || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
  );
  const page = first < 0 ? [] : keys.slice(first, first + max);
  const last = page.at(-1);
  const truncated = last !== undefined && last !== keys.at(-1);
  const xml = toXml("ListBucketResult", {
    Name: bucketName,
    Prefix: encode(prefix),
    KeyCount: page.length,
    MaxKeys: max,
    IsTruncated: truncated,
    NextContinuationToken: truncated ? last : undefined,
    EncodingType: query.get("encoding-type") ?? undefined,
    Contents: page.map((key) => {
      const { modified, etag, content } = bucket.object(key);
      return {
        Key: encode(key),
        LastModified: modified,
        ETag: etag,
        Size: content.size,
        StorageClass: "STANDARD",
      };
    }),
  });
  return { status: 200, xml };
};

export const createMultipartUpload: Operation = ({ bucket, bucketName, key, headers }) => {
  checkKey(key);
  const { id } = bucket.begin(key, propertiesOf(headers));
  return {
    status: 200,
    xml: toXml("InitiateMultipartUploadResult", { Bucket: bucketName, Key: key, UploadId: id }),
  };
};

export const uploadPart: Operation = ({ bucket, key, query, body }) => {
  if (!body.verified) throw violation("InvalidRequest", `${key}: the part has no checksum`);
  const part = bucket.putPart(key, query.get("uploadId") ?? "", Number(query.get("partNumber")), body);
  return { status: 200, headers: { etag: part.etag, "x-amz-checksum-crc32": part.body.crc32 } };
};

export const listParts: Operation = ({ bucket, bucketName, key, query }) => {
  const { id, parts } = bucket.upload(key, query.get("uploadId") ?? "");
  const max = Math.min(1000, Number(query.get("max-parts") ?? 1000));
  const after = Number(query.get("part-number-marker") ?? 0);
  const rest = [...parts.values()].filter((part) => part.number > after).sort((a, b) => a.number - b.number);
  const page = rest.slice(0, max);
  const xml = toXml("ListPartsResult", {
    Bucket: bucketName,
    Key: key,
    UploadId: id,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: page.length < rest.length,
    Part: page.map(({ number, etag, modified, body }) => ({
      PartNumber: number,
      LastModified: modified,
      ETag: etag,
      Size: body.content.size,
      ChecksumCRC32: body.crc32,
    })),
  });
  return { status: 200, xml };
};

export const completeMultipartUpload: Operation = (request) => {
  const { bucket, bucketName, key, query, body } = request;
  const id = query.get("uploadId") ?? "";
  bucket.upload(key, id);
  checkConditions(request, "complete-if-none-match");
  const named = readElements(body.content.bytes().toString(), "Part").map((part) => ({
    number: Number(readElements(part, "PartNumber")[0]),
    etag: readElements(part, "ETag")[0] ?? "",
    crc32: readElements(part, "ChecksumCRC32")[0],
  }));
  const object = bucket.complete(key, id, named);
  const xml = toXml("CompleteMultipartUploadResult", { Bucket: bucketName, Key: key, ETag: object.etag });
  return { status: 200, xml };
};

export const abortMultipartUpload: Operation = ({ bucket, key, query }) => {
  bucket.uploads.delete(bucket.upload(key, query.get("uploadId") ?? "").id);
  return { status: 204 };
};

export const listMultipartUploads: Operation = ({ bucket, bucketName, query }) => {
  const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(query.get("prefix") ?? ""));
  const xml = toXml("ListMultipartUploadsResult", {
    Bucket: bucketName,
    IsTruncated: false,
    Upload: uploads.map(({ id, key, initiated }) => ({ Key: key, UploadId: id, Initiated: initiated })),
  });
  return { status: 200, xml };
};

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024) throw new S3Error(400, "KeyTooLongError", "Your key is too long");
}

function preconditionFailed(): S3Error {
  const message = "At least one of the pre-conditions you specified did not hold";
  return new S3Error(412, "PreconditionFailed", message);
}

function checkConditions({ bucket, key, headers, ignored }: S3Request, name: string): void {
  const { "if-none-match": ifNoneMatch, "if-match": ifMatch } = headers;
  if (ignored.has(name)) return;
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw violation("NotImplemented", "S3 knows only If-None-Match: *", 501);
  }
  if (ifNoneMatch === "*" && bucket.objects.has(key)) throw preconditionFailed();
  if (ifMatch !== undefined && bucket.object(key).etag !== ifMatch) throw preconditionFailed();
}

function propertiesOf(headers: IncomingHttpHeaders): Properties {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (KEPT.test(name) ? [[name, String(value)]] : [])),
  );
}

function describe(
  { etag, modified, properties, crc32 }: StoredObject,
  headers: IncomingHttpHeaders,
  whole = true,
): Record<string, string> {
  const shown = Object.entries(properties).filter(([name]) => !/^x-amz-(acl|tagging)$/.test(name));
  const wantsChecksum = headers["x-amz-checksum-mode"] === "ENABLED" && whole && crc32 !== undefined;
  return {
    ...Object.fromEntries(shown),
    etag,
    "last-modified": modified.toUTCString(),
    "accept-ranges": "bytes",
    ...(wantsChecksum && { "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "FULL_OBJECT" }),
  };
}

/** One range of bytes, as RFC 9110 writes it. */
function readRange(header: string, size: number): { start: number; end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start < end) return { start, end };
  throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable");
}
