/**
 * How the values of a tensor are to be read. A `"bool"` is one byte: 0 is false, anything else true.
 */
export type DType =
  | "bool"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64";

/** The values of a tensor, in row-major order; float16 and bfloat16 as their bits in a `Uint16Array`. */
export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** A `Float16Array` by its structure, since neither every runtime nor every TypeScript has the class. */
export interface Float16Values extends ArrayLike<number>, ArrayBufferView {
  readonly [Symbol.toStringTag]: "Float16Array";
}

/** Any typed array. */
export type TypedArray = TensorData | Uint8ClampedArray | Float16Values;

/**
 * Arrays of arrays of numbers or booleans, all of one length per axis. Numbers are read as
 * float64, which is what JavaScript holds.
 */
export type NestedArray = readonly (number | boolean | NestedArray)[];

/**
 * Values with their shape: a literal, or an `ndarray` of scijs, whose `stride` and `offset` (in
 * elements) are honoured.
 */
export interface ShapedValues {
  /** A `Uint16Array` with the dtype `"float16"` or `"bfloat16"` holds bits. */
  readonly data: TypedArray | ArrayLike<number> | ArrayLike<boolean>;
  readonly shape: readonly number[];
  /** Default: what the array holds. Besides {@link DType}, the names of scijs. */
  readonly dtype?: string | undefined;
  readonly stride?: readonly number[] | undefined;
  readonly offset?: number | undefined;
}

/** A tensor of onnxruntime or transformers.js. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly type: string;
  readonly data: ArrayLike<unknown>;
}

/**
 * A tensor of TensorFlow.js or an array of jax-js. It stays usable: where reading consumes the
 * array (jax-js), one more reference (`ref`) is read.
 */
export interface DeviceTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  data(): PromiseLike<ArrayLike<unknown>>;
  dataSync?(): ArrayLike<unknown>;
}

/** Raw pixels from sharp, `sharp(...).raw().toBuffer({ resolveWithObject: true })`: (H,W,C). */
export interface RawImage {
  readonly data: TypedArray;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

/** The `ImageData` of a canvas: (H,W,4). */
export interface CanvasImage {
  readonly data: TypedArray;
  readonly width: number;
  readonly height: number;
}

/** Everything that is read as a tensor; a typed array alone has one axis. Known by structure, never by class. */
export type TensorLike =
  | TypedArray
  | NestedArray
  | ShapedValues
  | OnnxTensor
  | DeviceTensor
  | RawImage
  | CanvasImage;
