/** What a new package is made from. */
export interface Answers {
  /** Where it goes: a folder that does not exist, or an empty one. */
  readonly folder: string;
  /** Its name on npm, such as `mlog-destination-clickhouse` or `@team/mlog-clickhouse`. */
  readonly packageName: string;
  /** One sentence, for `package.json` and the README. */
  readonly description: string;
  /** Who holds the copyright. */
  readonly author: string;
}

/** Something that was asked for cannot be done. */
export class AnswerError extends Error {
  override readonly name: string = "AnswerError";
  readonly code: string;

  constructor(code: "INVALID_NAME" | "INVALID_ARGUMENT" | "FOLDER_NOT_EMPTY", message: string) {
    super(message);
    this.code = code;
  }
}

/** Says what is wrong with a package name; undefined: nothing. */
export function checkPackageName(name: string): string | undefined {
  const isName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9._-]*$/.test(name) && name.length <= 214;
  if (!isName)
    return `${JSON.stringify(name)} is no package name: use a-z, 0-9, "-", "." and "_", such as mlog-destination-clickhouse`;
  if (name.startsWith("@mlog/"))
    return "the scope @mlog is ours: use one of your own, or mlog-destination-<what>";
  return undefined;
}

/** What the code calls it. */
export interface Names {
  /** Such as `clickhouse`: the `name` of the destination, and of its files. */
  readonly destination: string;
  /** Such as `ClickhouseLogger`. */
  readonly className: string;
}

/** `mlog-destination-click-house` gives `click-house` and `ClickHouseLogger`. */
export function namesFrom(packageName: string): Names {
  const bare = packageName
    .replace(/^@[^/]+\//, "")
    .replace(/^mlog-(destination-)?/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const destination = /^[a-z]/.test(bare) ? bare : `to-${bare || "somewhere"}`;
  const words = destination.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { destination, className: `${words.join("")}Logger` };
}
