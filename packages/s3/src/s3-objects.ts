import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { isMlogError } from "@mlog/core";
import {
  type ObjectAttributes,
  type ObjectInfo,
  ObjectStoreError,
  type PutOptions,
  type RequestOptions,
  assertObjectName,
} from "@mlog/object-store";
import { endpointOf } from "./client.ts";
import type { S3Location } from "./location.ts";
import type { S3Options } from "./options.ts";

/** What a request about a new object says besides its name and bytes. */
export type Properties = Pick<
  PutObjectCommandInput,
  "ContentType" | "Metadata" | "ACL" | "StorageClass" | "ServerSideEncryption" | "SSEKMSKeyId" | "Tagging"
>;

/** How the objects of a store are named and kept. */
export class S3Objects {
  readonly location: S3Location;
  readonly checksum: "crc32" | "md5";
  readonly #properties: Properties;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #conditional: "always" | "put" | "never";
  readonly #head: (name: string, options: RequestOptions) => Promise<ObjectInfo>;

  /** @param head - Asks the store for an object, and rejects with `OBJECT_NOT_FOUND` if it has none. */
  constructor(
    location: S3Location,
    options: S3Options,
    head: (name: string, options: RequestOptions) => Promise<ObjectInfo>,
  ) {
    this.location = location;
    this.checksum = options.checksum ?? "crc32";
    this.#properties = propertiesOf(options);
    this.#metadata = options.metadata ?? {};
    this.#conditional = options.conditionalWrites ?? (endpointOf(options) === undefined ? "always" : "put");
    this.#head = head;
  }

  uri(name: string): string {
    return `s3://${this.location.bucket}/${this.location.prefix}${name}`;
  }

  /** @throws ObjectStoreError `INVALID_OBJECT_NAME` */
  address(name: string): { readonly Bucket: string; readonly Key: string } {
    assertObjectName(name);
    const Key = this.location.prefix + name;
    if (Buffer.byteLength(Key) <= 1024) return { Bucket: this.location.bucket, Key };
    const message = `with the prefix ${this.location.prefix} the name has more than 1024 bytes: ${name}`;
    throw new ObjectStoreError("INVALID_OBJECT_NAME", message);
  }

  properties({ contentType, metadata }: ObjectAttributes): Properties {
    return {
      ...this.#properties,
      Metadata: { ...this.#metadata, ...metadata },
      ...(contentType !== undefined && { ContentType: contentType }),
    };
  }

  /**
   * What makes the store refuse to replace an object, or another version than was seen. Where it takes no notice of
   * that, looks first.
   *
   * @throws ObjectStoreError `OBJECT_EXISTS`, `OBJECT_CHANGED`
   */
  async condition(
    name: string,
    { ifNoneMatch, ifVersion, signal }: PutOptions,
    request: "put" | "complete",
  ): Promise<{ IfNoneMatch?: "*"; IfMatch?: string }> {
    if (ifNoneMatch === undefined && ifVersion === undefined) return {};
    const isHonoured = this.#conditional === "always" || this.#conditional === request;
    if (isHonoured)
      return ifVersion === undefined ? { IfNoneMatch: "*" } : { IfMatch: this.#etag(ifVersion) };
    const found = await this.#head(name, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (!isMlogError(error, "OBJECT_NOT_FOUND")) throw error;
    });
    if (found?.version === ifVersion) return {};
    throw ifVersion === undefined
      ? new ObjectStoreError("OBJECT_EXISTS", `${this.uri(name)} exists already`)
      : new ObjectStoreError("OBJECT_CHANGED", `${this.uri(name)} is not what it was`);
  }

  /** Ceph 16, which is also the one that takes no newer checksums, compares what is between the quotes. */
  #etag(version: string): string {
    return this.checksum === "md5" ? version.replaceAll('"', "") : version;
  }
}

function propertiesOf({ storageClass, kmsKeyId, tags, ...options }: S3Options): Properties {
  const { acl = process.env["S3_CANNED_ACL"] } = options;
  const { encryption = kmsKeyId === undefined ? undefined : "aws:kms" } = options;
  const properties = {
    ACL: acl === "" ? undefined : acl,
    StorageClass: storageClass,
    ServerSideEncryption: encryption,
    SSEKMSKeyId: kmsKeyId,
    Tagging: tags && new URLSearchParams(tags).toString(),
  };
  // The SDK's types list what AWS has today; other stores, and tomorrow's AWS, have more.
  return properties as Properties;
}
