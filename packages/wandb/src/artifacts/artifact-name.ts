import { crc32 } from "node:zlib";

const NAME_LIMIT = 128;

/** A name that W&B takes for an artifact. Where characters had to go, a checksum keeps different names apart. */
export function artifactName(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_.-]/g, "");
  if (clean === name && name.length <= NAME_LIMIT) return name;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(name));
  const suffix = `-${checksum.toString("base64url")}`;
  return clean.slice(0, NAME_LIMIT - suffix.length) + suffix;
}
