import { MlogRangeError, MlogTypeError, describe } from "@mlog/core";
import type { TransferProgress } from "./engine/engine.ts";
import type { ObjectStore } from "./object-store.ts";
import type { StoreModule } from "./store-module.ts";

/** How files are uploaded, whatever the store. */
export interface UploadOptions {
  /**
   * Under which name a file is kept: a format string with `{remote_file_name}`, `{run_name}`, `{rank}`,
   * `{local_rank}`, `{node_rank}`, `{world_size}`, `{local_world_size}`. Default: `"{remote_file_name}"`.
   */
  filePathFormat?: string;
  /**
   * Where copies and the journal wait, below a folder for each store. Keep it the same from start to
   * start, and on a disk that is still there then. Default: `".mlog/uploads"`, in the working directory.
   */
  stagingFolder?: string;
  /** Requests that are under way at a time. Default: 4. */
  concurrency?: number;
  /** How many bytes of copies may wait on disk; a file beyond that is refused with `STAGING_FULL`. Default: 64 GiB. */
  maxStagedBytes?: number;
  /** How many uploads may wait, in memory too; one more is refused with `TOO_MANY_UPLOADS`. Default: 20 000. */
  maxUploads?: number;
  /** How long the store may take to answer, in ms, besides the time for the bytes at 64 KiB/s. Default: 60 000. */
  requestTimeout?: number;
  /** Write and delete a small object at the beginning, so that wrong credentials are told at once, and not with the first file. Default: true. */
  checkAtStart?: boolean;
  /** Show transfers that take long on stderr. Default: whether stderr is a terminal. */
  showProgress?: boolean;
  /** Hears how far each transfer is. */
  onProgress?(progress: TransferProgress): void;
}

/** What an {@link ObjectStoreLogger} is made of. */
export interface ObjectStoreLoggerOptions extends UploadOptions {
  /**
   * Where files go. A {@link StoreModule} is opened in a thread of its own, and uploads go on while the
   * training loop computes; a store that is there already works on the calling thread.
   */
  store: ObjectStore | StoreModule;
  /** How the destination is called in errors and results. Default: `"object-store"`. */
  name?: string;
}

/** All options, checked. */
export type Options = Required<Omit<ObjectStoreLoggerOptions, "onProgress" | "showProgress">> &
  Pick<ObjectStoreLoggerOptions, "onProgress" | "showProgress">;

type Check = [type: string, rule: string, holds: (value: never) => boolean];

const positive: Check = ["number", "a number above 0", (value: number) => value > 0];
const count: Check = [
  "number",
  "an integer from 1",
  (value: number) => Number.isSafeInteger(value) && value >= 1,
];
const text: Check = ["string", "a string that is not empty", (value: string) => value !== ""];
const flag: Check = ["boolean", "true or false", () => true];

const CHECKS: Readonly<Record<keyof ObjectStoreLoggerOptions, Check>> = {
  store: ["object", "an object store, or a module that makes one", (value: object) => value !== null],
  name: text,
  filePathFormat: [
    "string",
    "a format with {remote_file_name}",
    (value: string) => value.split("{remote_file_name}").length === 2,
  ],
  stagingFolder: text,
  concurrency: [
    "number",
    "an integer from 1 to 64",
    (value: number) => Number.isSafeInteger(value) && value >= 1 && value <= 64,
  ],
  maxStagedBytes: positive,
  maxUploads: count,
  requestTimeout: positive,
  checkAtStart: flag,
  showProgress: flag,
  onProgress: ["function", "a function", () => true],
};

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT` */
export function readOptions(given: ObjectStoreLoggerOptions): Options {
  if (typeof given !== "object" || given === null)
    throw new MlogTypeError("INVALID_ARGUMENT", `options must be an object, not ${describe(given)}`);
  for (const [option, value] of Object.entries(given)) {
    const check = CHECKS[option as keyof ObjectStoreLoggerOptions] as Check | undefined;
    if (check === undefined)
      throw new MlogRangeError("INVALID_ARGUMENT", `there is no option ${describe(option)}`);
    if (value === undefined) continue;
    const [type, rule, holds] = check;
    const message = `${option} must be ${rule}, not ${describe(value)}`;
    if (typeof value !== type) throw new MlogTypeError("INVALID_ARGUMENT", message);
    if (!holds(value as never)) throw new MlogRangeError("INVALID_ARGUMENT", message);
  }
  if (given.store === undefined) throw new MlogTypeError("INVALID_ARGUMENT", "store is missing");
  return {
    ...given,
    name: given.name ?? "object-store",
    filePathFormat: given.filePathFormat ?? "{remote_file_name}",
    stagingFolder: given.stagingFolder ?? ".mlog/uploads",
    concurrency: given.concurrency ?? 4,
    maxStagedBytes: given.maxStagedBytes ?? 64 * 1024 ** 3,
    maxUploads: given.maxUploads ?? 20_000,
    requestTimeout: given.requestTimeout ?? 60_000,
    checkAtStart: given.checkAtStart ?? true,
  };
}
