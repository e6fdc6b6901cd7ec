import { readSettings } from "@mlog/image";
import sharp from "sharp";
import type { Picture } from "./pictures.ts";

/** As many files at a time as `@mlog/image` makes. */
const CONCURRENCY = 3;

/** What remains if there is nothing to convert and nobody counts: sharp alone, at the settings of `@mlog/image`. */
export async function encodeBare(pictures: readonly Picture[]): Promise<void> {
  const settings = readSettings();
  if (settings.format !== "png") throw new Error("the default is PNG");
  const { compressionLevel, adaptiveFiltering } = settings;
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < pictures.length) {
      const { bytes, size, channels } = pictures[next++]!;
      const input = sharp(bytes, { raw: { width: size, height: size, channels } });
      await input.png({ compressionLevel, adaptiveFiltering, palette: false }).toBuffer();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, one));
}
