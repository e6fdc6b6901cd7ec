import type * as Images from "@mlog/image";

/** What pictures need: an optional peer, which who logs none need not install. */
export type MediaPackage = Pick<typeof Images, "sharedEncoder" | "decodeImage" | "decodeMask">;

/** Loads `@mlog/image`, once. Rejects where it is not installed, or cannot be loaded. */
export function loadMediaPackage(): Promise<MediaPackage> {
  return import("@mlog/image");
}
