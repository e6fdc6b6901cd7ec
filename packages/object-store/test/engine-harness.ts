import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMlogError } from "@mlog/core";
import { onTestFinished } from "vitest";
import { machineClock, type Clock } from "../src/engine/clock.ts";
import type { LocatedObject } from "../src/engine/engine.ts";
import { type EngineSettings, UploadEngine } from "../src/engine/upload-engine.ts";
import type { ObjectStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What became of one order. */
export interface Fate {
  staged: number;
  uploaded: number;
  failed: string[];
}

/** An engine on the calling thread, and all that it has told. */
export class EngineHarness {
  readonly engine: UploadEngine;
  readonly staging: string;
  readonly fates: Map<number, Fate> = new Map();
  readonly reports: { code: string; message: string }[] = [];
  readonly objects: LocatedObject[] = [];
  readonly #sources: string;
  #key = 0;
  #listeners: (() => void)[] = [];

  constructor(store: ObjectStore, settings: Partial<EngineSettings> = {}, clock: Clock = machineClock) {
    this.#sources = temporaryFolder();
    this.staging = settings.stagingFolder ?? join(this.#sources, "staging");
    this.engine = new UploadEngine(
      store,
      {
        stagingFolder: this.staging,
        finishOnly: false,
        concurrency: 4,
        maxStagedBytes: 2 ** 40,
        requestTimeout: 60_000,
        hasOwnThread: false,
        ...settings,
      },
      {
        staged: (key) => this.#tell(key, (fate) => fate.staged++),
        uploaded: (key, object) => {
          this.objects.push(object);
          this.#tell(key ?? -1, (fate) => fate.uploaded++);
        },
        failed: (key, error) => this.#tell(key ?? -1, (fate) => fate.failed.push(codeOf(error))),
        report: (error) => this.reports.push({ code: codeOf(error), message: error.message }),
        progress: () => undefined,
      },
      clock,
    );
    onTestFinished(() => this.engine.close());
  }

  /** @returns the key of its fate */
  upload(name: string, content: string | Uint8Array | { path: string }, overwrite = false): number {
    const key = this.#key++;
    let path: string;
    if (typeof content === "object" && "path" in content) {
      path = content.path;
    } else {
      path = join(this.#sources, `source-${key}`);
      writeFileSync(path, content);
    }
    this.fates.set(key, { staged: 0, uploaded: 0, failed: [] });
    this.engine.upload({ key, name, path, overwrite });
    return key;
  }

  fate(key: number): Fate {
    return this.fates.get(key)!;
  }

  /** Resolves when everything has arrived. */
  drained(): Promise<void> {
    return this.engine.drain(new AbortController().signal);
  }

  /** Resolves when an upload has arrived or failed next. */
  news(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  #tell(key: number, change: (fate: Fate) => void): void {
    const fate = this.fates.get(key) ?? { staged: 0, uploaded: 0, failed: [] };
    this.fates.set(key, fate);
    change(fate);
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function codeOf(error: Error): string {
  return isMlogError(error) ? error.code : error.name;
}
