import type { Mask, Pixels } from "@mlog/core";
import { classIds } from "./class-ids.ts";
import type { Picture } from "./make-image.ts";
import { palette } from "./palette.ts";
import { pixelBytes } from "./pixel-bytes.ts";

type Range = readonly [low: number, high: number] | undefined;

/** Between the pictures of a contact sheet and around them, in pixels. */
const GAP = 2;
/** What is behind the pictures of a contact sheet: neither the black nor the white of most pictures. */
const BACKGROUND = 64;

/** The picture under the colours of its classes; class 0, the background, is left as it is. */
export function overlay(pixels: Pixels, mask: Mask, opacity: number, range: Range): Picture {
  const { height, width, channels } = pixels;
  const from = pixelBytes(pixels, range, new Uint8Array(height * width * channels));
  const ids = classIds(mask);
  const hasAlpha = channels % 2 === 0;
  const to = hasAlpha ? 4 : 3;
  const bytes = new Uint8Array(height * width * to);
  const colours = palette(256);
  for (let pixel = 0; pixel < ids.length; pixel++) {
    const share = ids[pixel] === 0 ? 0 : opacity;
    for (let channel = 0; channel < 3; channel++) {
      const value = from[pixel * channels + (channels < 3 ? 0 : channel)]!;
      bytes[pixel * to + channel] = Math.round(value + (colours[ids[pixel]!]![channel]! - value) * share);
    }
    if (hasAlpha)
      bytes[pixel * to + 3] = Math.max(from[pixel * channels + channels - 1]!, Math.round(share * 255));
  }
  return { height, width, channels: to, bytes };
}

/** The pictures in rows of `columns`, in their own size, each at the top left of a cell that the largest one fits. */
export function contactSheet(pictures: readonly Pixels[], columns: number, range: Range): Picture {
  const cell = { height: largest(pictures, "height") + GAP, width: largest(pictures, "width") + GAP };
  const height = Math.ceil(pictures.length / columns) * cell.height + GAP;
  const width = Math.min(columns, pictures.length) * cell.width + GAP;
  const bytes = new Uint8Array(height * width * 3).fill(BACKGROUND);
  for (const [index, pixels] of pictures.entries()) {
    const top = Math.floor(index / columns) * cell.height + GAP;
    const left = (index % columns) * cell.width + GAP;
    paint(pixels, range, bytes, (top * width + left) * 3, width * 3);
  }
  return { height, width, channels: 3, bytes };
}

function paint(pixels: Pixels, range: Range, sheet: Uint8Array, start: number, rowLength: number): void {
  const { height, width, channels } = pixels;
  const from = pixelBytes(pixels, range, new Uint8Array(height * width * channels));
  const hasAlpha = channels % 2 === 0;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0, to = start + y * rowLength; x < width; x++, pixel++) {
      const opacity = hasAlpha ? from[pixel * channels + channels - 1]! / 255 : 1;
      for (let channel = 0; channel < 3; channel++, to++) {
        const value = from[pixel * channels + (channels < 3 ? 0 : channel)]!;
        sheet[to] = Math.round(BACKGROUND + (value - BACKGROUND) * opacity);
      }
    }
  }
}

function largest(pictures: readonly Pixels[], side: "height" | "width"): number {
  return pictures.reduce((size, pixels) => Math.max(size, pixels[side]), 0);
}
