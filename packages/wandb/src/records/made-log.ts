import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { type ExtendedJson, parseExtended, stringifyExtended } from "../extended-json.ts";
import type { ArtifactRecord } from "../wandb-file/messages.ts";
import type { ConfigAddition } from "../media/media-result.ts";

/** What a table, pictures or a file became: enough to make its records again. */
export interface Made {
  readonly id: number;
  readonly key?: string;
  readonly value?: ExtendedJson;
  /** Below the run's files. */
  readonly files: readonly string[];
  readonly config: readonly ConfigAddition[];
  readonly artifact?: ArtifactRecord;
}

/**
 * Keeps what cannot be made a second time: pixels are not in the capture, and artifacts have ids by
 * chance. So the records of a run are the same whenever they are made.
 */
export class MadeLog {
  readonly #path: string;
  readonly #made = new Map<number, Made>();

  /** Reads what an earlier process made. */
  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    const lines = readFileSync(path, "utf8").split("\n");
    // The last one is empty, or was torn by a kill.
    for (const line of lines.slice(0, -1)) {
      const made = parseExtended(line) as unknown as Made;
      this.#made.set(made.id, made);
    }
  }

  get(id: number): Made | undefined {
    return this.#made.get(id);
  }

  add(made: Made): void {
    appendFileSync(this.#path, `${stringifyExtended(made as unknown as ExtendedJson)}\n`, { flush: true });
  }
}
