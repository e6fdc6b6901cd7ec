import type { RemoteFile, Upload } from "@mlog/core";
import { UploadError } from "./upload-error.ts";

interface Handle {
  readonly name: string;
  readonly staged: PromiseWithResolvers<void>;
  readonly uploaded: PromiseWithResolvers<readonly RemoteFile[]>;
}

/** What the uploads of this process are known by until they have arrived. */
export class UploadHandles {
  readonly #handles: Map<number, Handle> = new Map();
  #key = 0;

  get size(): number {
    return this.#handles.size;
  }

  /** @param name - Of the file, as the caller gave it. */
  make(name: string): { readonly key: number; readonly upload: Upload } {
    const key = this.#key++;
    const handle = {
      name,
      staged: Promise.withResolvers<void>(),
      uploaded: Promise.withResolvers<readonly RemoteFile[]>(),
    };
    this.#handles.set(key, handle);
    return { key, upload: { staged: handle.staged.promise, uploaded: handle.uploaded.promise } };
  }

  staged(key: number): void {
    this.#handles.get(key)?.staged.resolve();
  }

  uploaded(key: number, fileOf: (name: string) => RemoteFile): void {
    const handle = this.#handles.get(key);
    this.#handles.delete(key);
    if (handle !== undefined) handle.uploaded.resolve([fileOf(handle.name)]);
  }

  /** @returns the name of the file */
  failed(key: number, error: Error): string | undefined {
    const handle = this.#handles.get(key);
    this.#handles.delete(key);
    if (handle !== undefined) reject(handle, error);
    return handle?.name;
  }

  /** Nothing more will be heard of them in this process. */
  leave(folder: string): void {
    for (const handle of this.#handles.values()) {
      const message = `${handle.name} had not arrived when the logger was closed; it waits in ${folder}`;
      reject(handle, new UploadError("UPLOADS_LEFT", message));
    }
    this.#handles.clear();
  }
}

/** An upload that never was. */
export function refusedUpload(error: Error): Upload {
  const handle = {
    staged: Promise.withResolvers<void>(),
    uploaded: Promise.withResolvers<readonly RemoteFile[]>(),
  };
  reject(handle, error);
  return { staged: handle.staged.promise, uploaded: handle.uploaded.promise };
}

function reject(handle: Pick<Handle, "staged" | "uploaded">, error: Error): void {
  for (const half of [handle.staged, handle.uploaded]) {
    // Both may be ignored: that is no unhandled rejection.
    half.promise.catch(() => undefined);
    half.reject(error);
  }
}
