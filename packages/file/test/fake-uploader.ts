import { readFileSync } from "node:fs";
import type { LoggerDestination, Upload, UploadRequest } from "@mlog/core";

/** How an uploader treats one request. */
export type Behaviour = "stages" | "fails to stage" | "hangs" | "throws";

/** Takes files, and stages them by reading them a moment later, as an uploader may. */
export class FakeUploader implements LoggerDestination {
  readonly name = "uploader";
  readonly specVersion = 1 as const;
  readonly requests: UploadRequest[] = [];
  /** What is stored, by remote name. */
  readonly files: Map<string, Buffer> = new Map();
  behaviour: (request: UploadRequest) => Behaviour = () => "stages";

  uploadFile(request: UploadRequest): Upload {
    this.requests.push(request);
    const behaviour = this.behaviour(request);
    if (behaviour === "throws") throw new Error("no uploads today");
    const staged = new Promise<void>((resolve, reject) => {
      if (behaviour === "hangs") return;
      setImmediate(() => {
        if (behaviour === "fails to stage") return reject(new Error("the staging disk is full"));
        try {
          resolve(this.#store(request));
        } catch (error) {
          reject(new Error(String(error), { cause: error }));
        }
      });
    });
    return { staged, uploaded: staged.then(() => []) };
  }

  /** The stored segments one after the other, by name. */
  concatenated(): string {
    const names = [...this.files.keys()].sort();
    return Buffer.concat(names.map((name) => this.files.get(name)!)).toString();
  }

  #store({ remoteFileName, filePath, overwrite }: UploadRequest): void {
    const bytes = readFileSync(filePath);
    const there = this.files.get(remoteFileName);
    if (there !== undefined && !overwrite) throw new Error(`${remoteFileName} is there already`);
    if (there !== undefined && !there.equals(bytes)) throw new Error(`${remoteFileName} has changed`);
    this.files.set(remoteFileName, bytes);
  }
}
