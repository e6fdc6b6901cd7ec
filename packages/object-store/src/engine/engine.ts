import type { ListedObject } from "../object-store.ts";

/** An object, and where it is. */
export interface LocatedObject extends ListedObject {
  readonly uri: string;
}

/** A file that was handed over. */
export interface UploadOrder {
  /** The caller's, to know the answer by. */
  readonly key: number;
  /** Of the object. */
  readonly name: string;
  readonly path: string;
  readonly overwrite: boolean;
}

/** How far an upload or a download has come. */
export interface TransferProgress {
  /** Of the object. */
  readonly name: string;
  readonly direction: "up" | "down";
  /** That have arrived. */
  readonly bytes: number;
  /** In bytes. */
  readonly total: number;
}

/** What the engine tells of itself. Orders that another process left have no key. */
export interface EngineListener {
  staged(key: number): void;
  uploaded(key: number | undefined, object: LocatedObject): void;
  /** It will not arrive. `wasStaged` tells whether it had been staged. */
  failed(key: number | undefined, error: Error, wasStaged: boolean): void;
  /** Something that nobody waits for has to be known. */
  report(error: Error): void;
  progress(progress: TransferProgress): void;
}

/** What a download is asked for with. */
export interface DownloadOrder {
  readonly name: string;
  readonly path: string;
  readonly overwrite: boolean;
}

/** A page of a list. */
export interface ListPage {
  readonly objects: readonly LocatedObject[];
  /** Asks for the next page; undefined behind the last. */
  readonly next?: number;
}

/** What {@link Engine.open} found. */
export interface EngineStart {
  /** `uri("")` of the store. */
  readonly uri: string;
  /** Where uploads wait. */
  readonly folder: string;
  /** How many uploads others left, which are in the queue now. */
  readonly left: number;
}

/** Takes files over, and works on them until they have arrived; in this thread or another. */
export interface Engine {
  /** Begins; orders may come before it resolves. */
  open(): Promise<EngineStart>;
  /** Tries whether the store takes a small object, beside everything else; who hears of reports is told if not. */
  check(): Promise<void>;
  upload(order: UploadOrder): void;
  /** Resolves when every order before it is staged, or has failed. */
  flush(): Promise<void>;
  /** Resolves when nothing waits any more. */
  drain(signal: AbortSignal): Promise<void>;
  /** Ends what is under way, and leaves the rest to the next process. */
  close(): Promise<void>;
  download(
    order: DownloadOrder,
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** A page of objects whose names begin with `prefix`; pages after the first by `next` of the one before. */
  list(prefix: string, next: number | undefined): Promise<ListPage>;
  /** Where an object of that name is or would be. */
  uri(name: string): Promise<string>;
  /** No page will be asked for by `next` any more. */
  endList(next: number): Promise<void>;
}
