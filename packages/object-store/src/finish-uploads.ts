import { resolve } from "node:path";
import type { TransferProgress } from "./engine/engine.ts";
import { LocalEngine } from "./engine/local-engine.ts";
import type { ObjectStore } from "./object-store.ts";
import { openStore, type StoreModule } from "./store-module.ts";

/** How uploads are finished. */
export interface FinishOptions {
  /** Ends it early; what has not arrived then still waits in the folder. */
  readonly signal?: AbortSignal;
  /** Default: 4. */
  readonly concurrency?: number;
  /** In ms. Default: 60 000. */
  readonly requestTimeout?: number;
  /** Hears how far each transfer is. */
  onProgress?(progress: TransferProgress): void;
  /** Hears what cannot be uploaded for now, or at all. */
  onError?(error: Error): void;
}

/** What became of the uploads that waited. */
export interface FinishedUploads {
  readonly uploaded: number;
  readonly failed: number;
  /** They still wait. */
  readonly pending: number;
}

/**
 * Finishes the uploads that ended processes left in `folder`, which {@link findUploads} gives; those of
 * processes that are alive are theirs.
 *
 * @throws UploadError `STAGING_OF_OTHER_STORE`, `STAGING_FAILED`
 */
export async function finishUploads(
  folder: string,
  store: ObjectStore | StoreModule,
  options: FinishOptions = {},
): Promise<FinishedUploads> {
  const { signal = new AbortController().signal, concurrency = 4, requestTimeout = 60_000 } = options;
  let [uploaded, failed] = [0, 0];
  const engine = new LocalEngine(
    await openStore(store),
    {
      stagingFolder: resolve(folder),
      finishOnly: true,
      concurrency,
      maxStagedBytes: Infinity,
      requestTimeout,
      hasOwnThread: false,
    },
    {
      staged: () => undefined,
      uploaded: () => uploaded++,
      failed: (_, error) => {
        failed++;
        options.onError?.(error);
      },
      report: (error) => options.onError?.(error),
      progress: (progress) => options.onProgress?.(progress),
    },
  );
  try {
    const { left } = await engine.open();
    await engine.drain(signal);
    return { uploaded, failed, pending: left - uploaded - failed };
  } finally {
    await engine.close();
  }
}
