import { MlogError, type RemoteFile, type Stamp, type Upload, type UploadRequest } from "@mlog/core";
import { artifactOf, cleanName } from "./artifact-call.ts";
import type { ArtifactContent } from "./artifacts/artifact.ts";
import type { RunFolder } from "./run-folder.ts";
import { type Staged, stageFile } from "./staged-files.ts";

interface Waiting {
  readonly file: RemoteFile;
  readonly uploaded: PromiseWithResolvers<readonly RemoteFile[]>;
}

/** The files on their way to becoming artifacts. */
export class RunUploads {
  readonly #folder: RunFolder;
  readonly #isOffline: boolean;
  readonly #report: (error: Error) => void;
  readonly #staging = new Set<Promise<void>>();
  /** By the client id of the artifact. */
  readonly #waiting = new Map<string, Waiting>();
  #hasRenamed = false;

  constructor(folder: RunFolder, isOffline: boolean, report: (error: Error) => void) {
    this.#folder = folder;
    this.#isOffline = isOffline;
    this.#report = report;
  }

  /** Copies a file, then hands over the artifact that it is to become. */
  add(
    id: number,
    request: UploadRequest,
    stamp: Stamp,
    record: (content: ArtifactContent) => boolean,
  ): Upload {
    this.#noteName(request.remoteFileName);
    const uploaded = Promise.withResolvers<readonly RemoteFile[]>();
    uploaded.promise.catch(() => undefined);
    const stage = (): Promise<void> | undefined => {
      const { path, size, made } = stageFile(this.#folder, id, request.filePath);
      const hand = (): void =>
        this.#record(artifactOf(request, stamp, path), { path, size, made }, uploaded, record);
      if (made !== undefined) return made.then(hand);
      hand();
      return undefined;
    };
    // At once, and what is thrown rejects.
    const staged = new Promise<void>((resolve) => {
      resolve(stage());
    });
    const settled = staged.catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new MlogError("UPLOAD_FAILED", `${request.filePath} cannot be copied: ${reason}`, {
        cause,
      });
      uploaded.reject(error);
      throw error;
    });
    settled.catch(() => undefined);
    this.#staging.add(settled);
    void settled.then(
      () => this.#staging.delete(settled),
      () => this.#staging.delete(settled),
    );
    return { staged: settled, uploaded: uploaded.promise };
  }

  /** Resolves when every file so far is copied, or cannot be. */
  async staged(): Promise<void> {
    await Promise.allSettled(this.#staging);
  }

  /** An artifact has arrived, or cannot. */
  done(clientId: string, error: Error | undefined): void {
    const waiting = this.#waiting.get(clientId);
    this.#waiting.delete(clientId);
    if (error === undefined) waiting?.uploaded.resolve([waiting.file]);
    else waiting?.uploaded.reject(error);
  }

  /** The run is over, and nothing more will arrive. */
  fail(): void {
    for (const clientId of this.#waiting.keys()) this.done(clientId, this.#later());
  }

  #noteName(name: string): void {
    if (this.#hasRenamed || cleanName(name) === name) return;
    this.#hasRenamed = true;
    this.#report(
      new MlogError(
        "WANDB_NAME_CHANGED",
        `${JSON.stringify(name)} becomes the artifact ${JSON.stringify(cleanName(name))}, and other names change ` +
          "likewise: W&B takes only letters, digits, '-', '_' and '.'",
      ),
    );
  }

  #record(
    content: ArtifactContent,
    { size }: Staged,
    uploaded: Waiting["uploaded"],
    record: (content: ArtifactContent) => boolean,
  ): void {
    if (!record(content)) throw new MlogError("RECORDS_DROPPED", "the buffer of the run is full");
    const file = { destination: "wandb", name: content.name, size };
    this.#waiting.set(content.clientId, { file, uploaded });
    if (this.#isOffline) this.done(content.clientId, this.#later());
  }

  #later(): MlogError {
    const folder = JSON.stringify(this.#folder.path);
    return new MlogError(
      "WANDB_NOT_SENT",
      `the file has not reached W&B; it waits in ${folder} for uploadRun()`,
    );
  }
}
