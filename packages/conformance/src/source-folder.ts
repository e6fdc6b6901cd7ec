import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with files to hand over. */
export class SourceFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async make(): Promise<SourceFolder> {
    return new SourceFolder(await mkdtemp(join(tmpdir(), "mlog-conformance-")));
  }

  /** Writes a file, and returns its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.#path, name);
    await writeFile(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}
