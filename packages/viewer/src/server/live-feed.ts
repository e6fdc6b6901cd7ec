import type { RunLibrary } from "./run-library.ts";
import type { LiveMessage, RunSummary } from "../protocol.ts";

/** Gathers changes for one page until it can take them, so that a slow one gets fewer and not older messages. */
export class LiveFeed {
  readonly #library: RunLibrary;
  readonly #stop: () => void;
  readonly #runs = new Map<string, RunSummary>();
  readonly #gone = new Set<string>();
  #wake: (() => void) | undefined;
  #ended = false;
  #first = true;

  constructor(library: RunLibrary) {
    this.#library = library;
    for (const run of library.runs) this.#runs.set(run.id, run);
    this.#stop = library.onChange(({ runs, gone }) => {
      for (const id of gone) {
        this.#runs.delete(id);
        this.#gone.add(id);
      }
      for (const run of runs) {
        this.#gone.delete(run.id);
        this.#runs.set(run.id, run);
      }
      this.#wake?.();
    });
  }

  /** The next message, once there is something to tell; undefined after the end. */
  async next(): Promise<LiveMessage | undefined> {
    while (!this.#first && this.#runs.size === 0 && this.#gone.size === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#ended) return undefined;
    this.#first = false;
    const runs = [...this.#runs.values()];
    const gone = [...this.#gone];
    this.#runs.clear();
    this.#gone.clear();
    const { source, refused } = this.#library;
    const caughtUp = this.#library.runs.every((run) => run.bytes >= run.size);
    return { runs, gone, refused, source: source.label, caughtUp };
  }

  end(): void {
    this.#ended = true;
    this.#stop();
    this.#wake?.();
  }
}
