import type { Connection } from "../client/connection.ts";
import { uploadArtifact } from "../artifacts/upload-artifact.ts";
import type { RunStart } from "../run-settings.ts";
import type { ArtifactRecord } from "../wandb-file/messages.ts";

/** What an {@link ArtifactQueue} needs. */
export interface ArtifactQueueOptions {
  readonly connection: Connection;
  readonly runId: string;
  readonly start: RunStart;
  /** The folder of the run. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** An artifact is there, or cannot be: then with an error. */
  onDone(artifact: ArtifactRecord, error: unknown): void;
  onIdle(): void;
}

/** Uploads artifacts, those of one name one after the other, so that their versions are in order. */
export class ArtifactQueue {
  readonly #options: ArtifactQueueOptions;
  readonly #last = new Map<string, Promise<void>>();
  #pending = 0;

  constructor(options: ArtifactQueueOptions) {
    this.#options = options;
  }

  /** Artifacts that wait or are under way. */
  get pending(): number {
    return this.#pending;
  }

  add(artifact: ArtifactRecord): void {
    const name = artifact.name ?? "";
    this.#pending++;
    const done = (this.#last.get(name) ?? Promise.resolve()).then(() => this.#upload(artifact));
    this.#last.set(name, done);
    void done.then(() => {
      this.#pending--;
      if (this.#last.get(name) === done) this.#last.delete(name);
      this.#options.onIdle();
    });
  }

  async #upload(artifact: ArtifactRecord): Promise<void> {
    const { connection, runId, start, folder, signal, onDone } = this.#options;
    const run = {
      entity: start.entity,
      project: start.project,
      runId,
      runDir: folder,
      // As Python's client has it: the first step is none.
      historyStep: artifact.history_step || null,
    };
    try {
      await uploadArtifact(connection, artifact, run, signal);
      onDone(artifact, undefined);
    } catch (error) {
      onDone(artifact, error);
    }
  }
}
