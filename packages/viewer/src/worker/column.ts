/** How the numbers of a column are written: not at all if they are evenly spaced. */
export interface ColumnShape {
  readonly kind: "even" | "offsets" | "doubles";
  readonly first: number;
  readonly last: number;
  /** Between neighbours, where `kind` is `even`. */
  readonly stride: number;
}

/** The bytes that a column of `rows` numbers takes; a multiple of 8, so that the next one is aligned. */
export function columnBytes({ kind }: ColumnShape, rows: number): number {
  if (kind === "even") return 0;
  return kind === "doubles" ? rows * 8 : Math.ceil(rows / 2) * 8;
}

/** The smallest shape that gives the very same numbers back. */
export function shapeOf(values: Float64Array): ColumnShape {
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 0;
  const stride = values.length > 1 ? values[1]! - first : 0;
  let even = true;
  let small = true;
  for (let i = 0; i < values.length && (even || small); i++) {
    const offset = values[i]! - first;
    if (first + i * stride !== values[i]) even = false;
    if (offset !== offset >>> 0 || first + offset !== values[i]) small = false;
  }
  return { kind: even ? "even" : small ? "offsets" : "doubles", first, last, stride };
}

/** Writes a column to the beginning of `target`, which is aligned to 8. */
export function writeColumn(values: Float64Array, shape: ColumnShape, target: Uint8Array): void {
  if (shape.kind === "doubles") new Float64Array(target.buffer, target.byteOffset, values.length).set(values);
  if (shape.kind !== "offsets") return;
  const offsets = new Uint32Array(target.buffer, target.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) offsets[i] = values[i]! - shape.first;
}

/** Reads a column of `rows` numbers from the beginning of `source`, which is aligned to 8. */
export function readColumn(shape: ColumnShape, rows: number, source: Uint8Array): Float64Array {
  if (shape.kind === "doubles") return new Float64Array(source.buffer, source.byteOffset, rows);
  const values = new Float64Array(rows);
  if (shape.kind === "even") for (let i = 0; i < rows; i++) values[i] = shape.first + i * shape.stride;
  else {
    const offsets = new Uint32Array(source.buffer, source.byteOffset, rows);
    for (let i = 0; i < rows; i++) values[i] = shape.first + offsets[i]!;
  }
  return values;
}
