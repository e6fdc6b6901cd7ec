import { assertName } from "./arguments.ts";
import { check, checkObject, describe } from "./errors.ts";
import { toNumber } from "./element.ts";
import { type MaybePromise, whenAllRead, whenRead } from "./maybe-promise.ts";
import type { Mask, Pixels } from "./records.ts";
import type { TensorLike } from "./tensor.ts";
import { allocate } from "./tensor-copy.ts";
import { readEach } from "./tensor-list.ts";
import { type TensorSource, squeeze } from "./tensor-source.ts";

/** The masks of one name: (H,W), or one such mask per picture as (N,H,W) or a list. */
export type Masks = TensorLike | readonly TensorLike[];

/** Class ids as they were given: of one picture as element of a list, else of all pictures. */
interface ClassIds {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly isElement: boolean;
}

/** What was given under one name, not yet divided among the pictures. */
export interface NamedMasks {
  readonly name: string;
  readonly given: readonly ClassIds[];
}

/**
 * Copies the class ids of all masks.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_MASK` for a class id that is no integer from 0 to 255,
 * `INVALID_NAME`, `INVALID_TENSOR`; MlogError `TENSOR_READ_FAILED`; a promise may reject with the same
 */
export function readMasks(masks: Readonly<Record<string, Masks>> = {}): MaybePromise<readonly NamedMasks[]> {
  checkObject(masks, "masks", "INVALID_MASK");
  return whenAllRead(
    Object.entries(masks).map(([name, value]) => {
      assertName(name, "masks");
      return whenRead(readEach(value, `masks.${name}`, readClassIds), (given) => ({ name, given }));
    }),
  );
}

/**
 * The masks of picture `index` out of `count`. Axes of length one make no difference, as they are
 * removed from pictures, too.
 *
 * @throws MlogRangeError `INVALID_MASK` unless there is one mask per picture, of its height and width
 */
export function masksOf(
  { height, width }: Pixels,
  index: number,
  count: number,
  named: readonly NamedMasks[],
): Readonly<Record<string, Mask>> {
  const size = height * width;
  const entries = named.map(({ name, given }) => {
    const isList = given[0]!.isElement;
    const { shape, data } = given[isList ? index : 0]!;
    const axes = isList ? [height, width] : [count, height, width];
    check(
      (!isList || given.length === count) && String(squeeze(shape)) === String(squeeze(axes)),
      "INVALID_MASK",
      `masks.${name}: ${isList ? `${given.length} masks` : "masks"} of shape [${shape}]`,
      `be one of [${height},${width}] for each of ${count} pictures`,
      shape,
      "object",
    );
    const from = isList ? 0 : index * size;
    return [name, Object.freeze({ height, width, data: data.subarray(from, from + size) })] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

/**
 * A copy of the names of class ids; ids that occur in no mask are fine.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_MASK` for an id that is no integer from 0 to 255, or
 * a name that is no string
 */
export function readLabels(labels: Readonly<Record<number, string>> = {}): Readonly<Record<number, string>> {
  const copy: Readonly<Record<number, string>> = Array.isArray(labels) ? Object.assign({}, labels) : labels;
  checkObject(copy, "maskClassLabels", "INVALID_MASK");
  for (const [id, label] of Object.entries(copy)) {
    const isLabel = String(Number(id) & 255) === id && typeof label === "string";
    const argument = `maskClassLabels: ${describe(id)}`;
    check(isLabel, "INVALID_MASK", argument, "be a class id from 0 to 255 with a name", label, typeof label);
  }
  return Object.freeze({ ...copy });
}

function readClassIds(source: TensorSource, argument: string, isElement: boolean): ClassIds {
  const { shape, dtype } = source;
  const values = source.data;
  const data = allocate("uint8", values.length) as Uint8Array;
  for (let i = 0; i < values.length; i++) {
    const id = toNumber(values[i]!, dtype);
    data[i] = id;
    if (data[i] === id) continue;
    const of = `${argument}: class ids of shape [${shape}]`;
    check(false, "INVALID_MASK", of, "be integers from 0 to 255", id);
  }
  return { shape, data, isElement };
}
