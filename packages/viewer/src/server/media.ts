import { hash } from "node:crypto";
import { MlogError } from "@mlog/core";
import type { FileSource } from "./file-source.ts";
import type { FoundLog } from "./run-folders.ts";

const NAME = /^([0-9a-f]{64})\.(png|webp)$/;
const MAX_BYTES = 64 * 1024 * 1024;
const SIGNATURES = {
  png: (bytes: Uint8Array): boolean =>
    Buffer.from(bytes.subarray(0, 8)).toString("latin1") === "\x89PNG\r\n\x1A\n",
  webp: (bytes: Uint8Array): boolean => {
    const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
    return head.startsWith("RIFF") && head.endsWith("WEBP");
  },
};

export interface Media {
  readonly type: "image/png" | "image/webp";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The picture or mask of a log that has the name `<sha256>.png` or `.webp`.
 *
 * @throws MlogError `FILE_NOT_FOUND`; `MEDIA_DAMAGED` if it is not what was logged, or no such picture
 */
export async function readMediaFile(source: FileSource, log: FoundLog, name: string): Promise<Media> {
  const [, sha256, ending] = NAME.exec(name) ?? [];
  if (sha256 === undefined) {
    throw new MlogError("FILE_NOT_FOUND", "pictures of a log are named <sha256>.png or .webp");
  }
  const first = log.parts[0]!.path;
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  const bytes = await source.read(`${folder}media/${name}`, 0, MAX_BYTES + 1);
  const problem = problemOf(bytes, sha256, ending as "png" | "webp");
  if (problem !== undefined)
    throw new MlogError("MEDIA_DAMAGED", `the picture is not what was logged: ${problem}`);
  return { type: `image/${ending as "png" | "webp"}`, bytes };
}

function problemOf(bytes: Uint8Array, sha256: string, ending: "png" | "webp"): string | undefined {
  if (bytes.length > MAX_BYTES) return `it has more than ${MAX_BYTES / 2 ** 20} MiB`;
  if (hash("sha256", bytes, "hex") !== sha256) return "its content is another one";
  return SIGNATURES[ending](bytes) ? undefined : `it is no ${ending === "png" ? "PNG" : "WebP"}`;
}
