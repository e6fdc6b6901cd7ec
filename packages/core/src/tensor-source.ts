import { dtypeOfArray } from "./dtype.ts";
import { MlogError, check, describe } from "./errors.ts";
import { type MaybePromise, whenRead } from "./maybe-promise.ts";
import { readNested } from "./nested-array.ts";
import { sizeOf, unstride } from "./strides.ts";
import { type TensorValues, readValues } from "./tensor-values.ts";

/** A tensor in memory that may still be the caller's: to be copied or used in this very tick. */
export interface TensorSource extends TensorValues {
  readonly shape: readonly number[];
  /** The value itself says that it is a picture of shape (H,W,C). */
  readonly isPicture: boolean;
}

/** The properties by which the libraries' tensors are told apart. */
interface Fields {
  readonly data?: unknown;
  readonly dataSync?: unknown;
  readonly getData?: unknown;
  readonly ort_tensor?: Fields;
  readonly ref?: Fields;
  readonly isDisposed?: unknown;
  readonly location?: unknown;
  readonly dims?: unknown;
  readonly type?: unknown;
  readonly shape?: unknown;
  readonly dtype?: unknown;
  readonly stride?: unknown;
  readonly offset?: unknown;
  readonly info?: { readonly width?: unknown; readonly height?: unknown; readonly channels?: unknown } | null;
  readonly width?: unknown;
  readonly height?: unknown;
}

/**
 * Finds the values of any {@link TensorLike}. A promise only where the values cannot be had at
 * once; the read has begun then, so that the caller may dispose of the tensor.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_TENSOR`; MlogError `TENSOR_READ_FAILED`, which may
 * also reject the promise
 */
export function openTensor(value: unknown, argument: string): MaybePromise<TensorSource> {
  const fields: Fields = Array.isArray(value)
    ? readNested(value, argument)
    : dtypeOfArray(value)
      ? { data: value, shape: shapeOf(value) }
      : (value as Fields);
  const given = shapeOf(fields);
  check(
    given,
    "INVALID_TENSOR",
    argument,
    "be a tensor (data and shape), a typed array or nested arrays",
    value,
    "",
  );
  const shape = Array.from(given as readonly number[]);
  const name = `${argument}: shape [${shape.map(describe)}]`;
  const isShape = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  check(isShape, "INVALID_TENSOR", name, "have non-negative integers", shape, "object");
  const isPicture = given !== fields.dims && given !== fields.shape;
  const type = isPicture ? undefined : given === fields.dims ? fields.type : fields.dtype;
  const { stride, offset = 0 } = fields;
  const strides = isList(stride) ? Array.from(stride) : undefined;
  return whenRead(readData(fields, name), (read) => {
    const values = readValues(read, type, name);
    const data = strides ? unstride(values, shape, strides, offset, name) : values.data;
    const size = sizeOf(shape);
    check(data.length === size, "INVALID_TENSOR", name, `have ${size} values in data`, data.length);
    return { ...values, shape, data, isPicture };
  });
}

/** The shape that a value says it has, which is cheap to ask; undefined if it is no tensor. */
export function shapeOf(value: unknown): ArrayLike<unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isList(value)) return [value.length];
  const { dims, shape, info, width, height } = value as Fields;
  if (isList(dims)) return dims;
  if (isList(shape)) return shape;
  if (info) return [info.height, info.width, info.channels];
  return width === undefined || height === undefined ? undefined : [height, width, 4];
}

/** The shape without axes of length one. */
export function squeeze(shape: readonly number[]): number[] {
  return shape.filter((length) => length !== 1);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || dtypeOfArray(value) !== undefined;
}

function readData(fields: Fields, name: string): MaybePromise<unknown> {
  const fail = (cause: unknown): never => {
    throw new MlogError("TENSOR_READ_FAILED", `${name} could not be read: log before you dispose`, { cause });
  };
  try {
    const data = startReading(fields);
    return typeof (data as PromiseLike<unknown> | undefined)?.then === "function"
      ? Promise.resolve(data).catch(fail)
      : data;
  } catch (cause) {
    return fail(cause);
  }
}

/** What the tensor hands out: its values, or a promise of them. */
function startReading(fields: Fields): unknown {
  let data: unknown;
  try {
    data = fields.data;
  } catch (cause) {
    // A tensor of onnxruntime on a device throws here; one of transformers.js wraps such a tensor.
    const tensor = fields.getData ? fields : fields.ort_tensor;
    if (fields.location === "none" || !tensor) throw cause;
    return (tensor as { getData(): unknown }).getData();
  }
  if (typeof data !== "function") return data;
  // Reading consumes an array of jax-js: `ref` is one more reference to it, which is ours to consume.
  const tensor = (fields.ref ?? fields) as { data(): unknown; dataSync?(): unknown; isDisposed?: unknown };
  if (tensor.dataSync) {
    try {
      return tensor.dataSync();
    } catch (cause) {
      // On some devices only the asynchronous read works; a disposed tensor cannot be read at all.
      if (tensor.isDisposed === true) throw cause;
    }
  }
  return tensor.data();
}
