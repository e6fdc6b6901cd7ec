import type { Cell, ImageBatch, ImageSnapshot, Table } from "@mlog/core";

export function isImage(cell: Cell): cell is ImageSnapshot {
  return typeof cell === "object" && cell !== null && "pixels" in cell && cell.kind === "image";
}

/** Bytes of the pixels and masks of a batch. */
export function pixelBytesOfBatch(batch: ImageBatch): number {
  return batch.images.reduce((sum, image) => sum + pixelBytesOfImage(image), 0);
}

/** Bytes of the pixels and masks in the cells of a table. */
export function pixelBytesOfTable(table: Table): number {
  let sum = 0;
  for (const row of table.rows) for (const cell of row) if (isImage(cell)) sum += pixelBytesOfImage(cell);
  return sum;
}

function pixelBytesOfImage({ pixels, masks }: ImageSnapshot): number {
  return Object.values(masks).reduce((sum, mask) => sum + mask.data.byteLength, pixels.data.byteLength);
}
