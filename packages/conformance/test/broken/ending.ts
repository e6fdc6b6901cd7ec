/** Destinations that begin or end badly. */
import type { RunContext, Upload, UploadRequest } from "@mlog/core";
import type { HeldRecord } from "../../src/index.ts";
import { Notebook } from "../notebook.ts";

export class StartsInSecret extends Notebook {
  #started = false;

  override init(run: RunContext): void {
    super.init(run);
    setImmediate(() => (this.#started = true));
  }

  protected override add(records: readonly HeldRecord[], calls?: number): void {
    if (this.#started) super.add(records, calls);
  }
}

export class ForgetsTheRest extends Notebook {
  override async close(): Promise<void> {
    const { writing } = this;
    this.queue = [];
    await writing;
    this.closed = true;
  }
}

export class RefusesLastFiles extends Notebook {
  override uploadFile(request: UploadRequest): Upload {
    if (this.closed) throw new Error("closed");
    return super.uploadFile(request);
  }
}

/** It takes no files itself, else it would hand its own to itself. */
export class HandsOverTooLate extends Notebook {
  override uploadFile = undefined as never;

  override async postClose(signal: AbortSignal): Promise<void> {
    await super.postClose(signal);
    this.run!.uploadFile("notes.txt", "notes.txt");
  }
}

export class ClosesOnce extends Notebook {
  override async close(reason: { readonly error?: unknown }): Promise<void> {
    if (this.closed) throw new Error("closed already");
    await super.close(reason);
  }
}

export class ThrowsOnceClosed extends Notebook {
  protected override add(records: readonly HeldRecord[], calls?: number): void {
    if (this.closed) throw new Error("write after end");
    super.add(records, calls);
  }
}

export class KeepsAliveUntilClosed extends Notebook {
  #timer: NodeJS.Timeout | undefined;

  override init(run: RunContext): void {
    super.init(run);
    this.#timer = setInterval(() => {}, 1000);
  }

  override async postClose(signal: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    await super.postClose(signal);
  }
}

export class KeepsAliveOnceClosed extends Notebook {
  override async postClose(signal: AbortSignal): Promise<void> {
    await super.postClose(signal);
    setTimeout(() => {}, 5000);
  }
}
