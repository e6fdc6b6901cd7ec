import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";
import { defaultCacheFolder } from "./cache-folder.ts";
import type { ReadableStore } from "./store-source.ts";

/** How {@link startViewer} is told what to show, and where. Give either `folder` or `store`. */
export interface ViewerOptions {
  /** The folder that runs are below, or the folder of one run. */
  folder?: string;
  /** A store of objects that runs were shipped to, such as any `ObjectStore` of `@mlog/object-store`; only listed and read. */
  store?: ReadableStore;
  /** What the names of the store's objects begin with. Default: `""`. */
  prefix?: string;
  /** A loopback address: `"127.0.0.1"` (default), `"::1"` or `"localhost"`. For other machines there are SSH tunnels. */
  host?: string;
  /** Default: 0, which is a free one that the system picks. */
  port?: number;
  /**
   * Where the index is kept, so that the next start need not read everything again; null: not at all. Default: `mlog/viewer`
   * in the user's cache folder.
   */
  cacheFolder?: string | null;
  /** Closes the viewer. */
  signal?: AbortSignal;
  /** What goes wrong while the viewer runs; it runs on. Default: a line on stderr, once per message. */
  onError?: (error: Error) => void;
}

export type CheckedOptions = Required<Omit<ViewerOptions, "folder" | "store" | "signal">> &
  Pick<ViewerOptions, "folder" | "store" | "signal">;

const HOSTS: readonly unknown[] = ["127.0.0.1", "::1", "localhost"];
const NAMES: readonly string[] = [
  "folder",
  "store",
  "prefix",
  "host",
  "port",
  "cacheFolder",
  "signal",
  "onError",
] satisfies (keyof ViewerOptions)[];

/** @throws MlogTypeError, MlogRangeError `INVALID_ARGUMENT` */
export function checkOptions(options: ViewerOptions): CheckedOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `there is no option ${unknown}; there are ${NAMES.join(", ")}`,
    );
  }
  const { folder, store, prefix = "", host = "127.0.0.1", port = 0 } = options;
  if ((folder === undefined) === (store === undefined)) {
    throw new MlogTypeError("INVALID_ARGUMENT", "give either folder or store");
  }
  if (!HOSTS.includes(host)) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `host must be 127.0.0.1, ::1 or localhost, not ${describe(host)}: from elsewhere, use a tunnel (ssh -L)`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `port must be an integer from 0 to 65535, not ${describe(port)}`,
    );
  }
  const { cacheFolder = defaultCacheFolder(), onError = printOnce() } = options;
  return { ...options, prefix, host, port, cacheFolder, onError };
}

function printOnce(): (error: Error) => void {
  const printed = new Set<string>();
  return ({ message }) => {
    if (printed.has(message) || printed.size > 100) return;
    printed.add(message);
    process.stderr.write(`mlog viewer: ${message}\n`);
  };
}
