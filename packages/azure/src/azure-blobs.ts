import type { BlobHTTPHeaders, BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { ObjectStoreError, type PutOptions, assertObjectName } from "@mlog/object-store";
import type { AzureBlobOptions } from "./options.ts";

/** What a request about a new blob says besides its name and bytes. */
export interface Properties {
  readonly metadata: Record<string, string>;
  readonly blobHTTPHeaders: BlobHTTPHeaders;
  readonly tier?: string;
  readonly conditions: { readonly ifNoneMatch?: string; readonly ifMatch?: string };
}

/** How the blobs of a store are named and kept. */
export class AzureBlobs {
  readonly container: ContainerClient;
  readonly prefix: string;
  readonly #options: AzureBlobOptions;

  constructor(container: ContainerClient, prefix: string, options: AzureBlobOptions) {
    this.container = container;
    this.prefix = prefix;
    this.#options = options;
  }

  /** Without the query, which may be a signature. */
  uri(name: string): string {
    const encoded = (this.prefix + name).split("/").map(encodeURIComponent).join("/");
    return `${this.container.url.replace(/\?.*$/s, "")}/${encoded}`;
  }

  /**
   * The SDK makes a URL of the name and lets `..` and `\` lead to other containers: such names get nowhere
   * near it.
   *
   * @throws ObjectStoreError `INVALID_OBJECT_NAME`
   */
  blob(name: string): BlockBlobClient {
    assertObjectName(name);
    const full = this.prefix + name;
    if (Buffer.byteLength(full) <= 1024) return this.container.getBlockBlobClient(full);
    const message = `with the prefix ${this.prefix} the name has more than 1024 bytes: ${name}`;
    throw new ObjectStoreError("INVALID_OBJECT_NAME", message);
  }

  properties({ contentType, metadata, ifNoneMatch, ifVersion }: PutOptions): Properties {
    const { accessTier } = this.#options;
    return {
      metadata: { ...this.#options.metadata, ...metadata },
      blobHTTPHeaders: contentType === undefined ? {} : { blobContentType: contentType },
      ...(accessTier !== undefined && { tier: accessTier }),
      conditions: {
        ...(ifNoneMatch !== undefined && { ifNoneMatch }),
        ...(ifVersion !== undefined && { ifMatch: ifVersion }),
      },
    };
  }
}
