import { isMlogError } from "@mlog/core";
import type { Copying } from "./kept-upload.ts";
import type { SourceFile } from "./source-file.ts";

/** The {@link Copying} of one file. */
export class SourceCopying implements Copying {
  readonly #source: SourceFile;
  readonly #failed = new AbortController();
  readonly #changed = new AbortController();
  readonly #stopped = new AbortController();
  readonly #ended = Promise.withResolvers<void>();

  constructor(source: SourceFile) {
    this.#source = source;
  }

  get path(): string {
    return this.#source.path;
  }

  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async assertUnchanged(): Promise<void> {
    try {
      await this.#source.isUntouched();
    } catch (error) {
      this.fail(error as Error);
      throw error;
    }
  }

  stop(): void {
    this.#stopped.abort(new Error("no copy is needed any more"));
  }

  fail(reason: Error): void {
    this.#failed.abort(reason);
    if (isMlogError(reason, "SOURCE_CHANGED")) this.#changed.abort(reason);
  }

  end(): void {
    this.#ended.resolve();
  }
}
