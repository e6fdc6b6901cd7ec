import type { ObjectStore } from "../object-store.ts";

/** `test` of vitest, of `node:test`, or of whatever runs a named function. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

/** What a store cannot do, each with the reason in the store's documentation. */
export interface StoreCapabilities {
  /** Of two writers with `ifNoneMatch` exactly one wins, at `put`. Default: true. */
  readonly conditionalPut?: boolean;
  /** The same when an upload in parts is completed. Default: true. */
  readonly conditionalComplete?: boolean;
  /** Of two writers with the same `ifVersion` exactly one wins, at the same moment too. Default: true. */
  readonly conditionalReplace?: boolean;
  /** Open uploads can be listed, and are gone once aborted. Default: true. */
  readonly openUploads?: boolean;
  /** Other bytes than those announced are refused. Default: true. */
  readonly checksums?: boolean;
  /** An object `a` may stand beside an object `a/b`. Default: true. */
  readonly objectsInsideObjects?: boolean;
  /** In UTF-8, of the names given to the store. Default: 1024. */
  readonly longestName?: number;
  /** Odd names that this store (or server) refuses with `INVALID_OBJECT_NAME`. Default: none. */
  readonly refuses?: (name: string) => boolean;
  /** How large an object a test may make, in bytes, of a file with holes. Default: 64 MiB. */
  readonly largest?: number;
}

/** What each group of tests works with. */
export interface ContractContext {
  readonly test: RegisterTest;
  /** The one store of all tests: each has a folder of its own in it. */
  readonly store: () => Promise<ObjectStore>;
  readonly capabilities: Required<StoreCapabilities>;
}
