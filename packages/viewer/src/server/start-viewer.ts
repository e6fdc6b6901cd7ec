import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { MlogError } from "@mlog/core";
import { readPage } from "#page";
import { createApp } from "./app.ts";
import { openCacheFolder } from "./cache-folder.ts";
import type { FileSource } from "./file-source.ts";
import { FolderSource } from "./folder-source.ts";
import { IndexWorker } from "./index-worker.ts";
import { type CheckedOptions, checkOptions, type ViewerOptions } from "./options.ts";
import { RunLibrary } from "./run-library.ts";
import { StoreSource } from "./store-source.ts";
import { Watch } from "./watch.ts";

/** A viewer that serves its page. It keeps the process alive until it is closed. */
export interface Viewer extends AsyncDisposable {
  /**
   * Where to look: `http://127.0.0.1:<port>/#token=<token>`. The token is behind the `#`, which browsers send to nobody; who
   * knows it may see the runs.
   */
  readonly url: string;
  readonly port: number;
  /** Ends open pages and keeps the index for the next time. */
  close(): Promise<void>;
}

/**
 * Serves a web page over the runs that `FileLogger` of `@mlog/file` wrote, in a folder or, as segments, in a store of
 * objects. Pages that are open follow what is written. Nothing is ever written but the index in `cacheFolder`.
 *
 * @throws MlogTypeError, MlogRangeError `INVALID_ARGUMENT`; MlogError `FOLDER_NOT_FOUND`, `PORT_IN_USE`; the
 * errors of `node:net`
 */
export async function startViewer(options: ViewerOptions): Promise<Viewer> {
  const checked = checkOptions(options);
  checked.signal?.throwIfAborted();
  const source = await openSource(checked);
  const page = await readPage();
  const cache = await openCacheFolder(checked.cacheFolder, source.id);
  const library = new RunLibrary(source, new IndexWorker(), cache);
  const watch = new Watch(library, (error) => checked.onError(error as Error));
  const token = randomBytes(24).toString("base64url");
  const app = createApp(library, watch, page, token);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    await listen(server, checked);
  } catch (error) {
    await library.close();
    throw error;
  }
  void watch.look();
  const { port } = server.address() as AddressInfo;
  const host = checked.host === "::1" ? "[::1]" : checked.host;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      checked.signal?.removeEventListener("abort", onAbort);
      const stopped = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await watch.close();
      await library.close();
      await stopped;
    })());
  const onAbort = (): void => void close();
  checked.signal?.addEventListener("abort", onAbort);
  return { url: `http://${host}:${port}/#token=${token}`, port, close, [Symbol.asyncDispose]: close };
}

async function openSource({ folder, store, prefix }: CheckedOptions): Promise<FileSource> {
  return folder === undefined ? new StoreSource(store!, prefix) : FolderSource.open(folder);
}

function listen(server: Server, { host, port }: CheckedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === "EADDRINUSE";
      reject(
        isTaken
          ? new MlogError("PORT_IN_USE", `port ${port} is in use: choose another one, or 0 for any`, {
              cause,
            })
          : cause,
      );
    });
    server.listen(port, host, resolve);
  });
}
