import { formatName, type State, toRemoteName } from "@mlog/core";

const PLACEHOLDER = "{remote_file_name}";

/** From names of files to names of objects, and back. */
export class FilePaths {
  readonly #before: string;
  readonly #after: string;

  /** @param format - With `{remote_file_name}` in it once. */
  constructor(format: string, { runName, ranks }: Pick<State, "runName" | "ranks">) {
    const [before, after] = format.split(PLACEHOLDER) as [string, string];
    this.#before = formatName(before, { runName, ranks }).replace(/^\/+/, "");
    this.#after = formatName(after, { runName, ranks });
  }

  /** @throws MlogRangeError `INVALID_NAME` */
  objectOf(remoteFileName: string): string {
    return toRemoteName(this.#before + remoteFileName.replace(/^\/+/, "") + this.#after, "remoteFileName");
  }

  /** What objects of files with such a prefix begin with. */
  prefixOf(prefix: string): string {
    return this.#before + prefix.replace(/^\/+/, "");
  }

  /** Undefined for an object that is no file of this format. */
  fileOf(object: string): string | undefined {
    const isFile =
      object.startsWith(this.#before) &&
      object.endsWith(this.#after) &&
      object.length > this.#before.length + this.#after.length;
    return isFile ? object.slice(this.#before.length, object.length - this.#after.length) : undefined;
  }
}
