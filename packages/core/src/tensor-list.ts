import { type MaybePromise, whenAllRead, whenRead } from "./maybe-promise.ts";
import { type TensorSource, openTensor } from "./tensor-source.ts";

/**
 * Opens one tensor, or every tensor of a list, and reads each as soon as its values are there: at
 * once, if they are.
 *
 * An array with at least one object that is no array is a list; an array of nothing but numbers,
 * booleans and arrays is one nested tensor.
 */
export function readEach<T>(
  value: unknown,
  argument: string,
  read: (source: TensorSource, argument: string, isElement: boolean) => T,
): MaybePromise<readonly T[]> {
  const isList =
    Array.isArray(value) &&
    value.some((element) => typeof element === "object" && element !== null && !Array.isArray(element));
  const list: readonly unknown[] = isList ? value : [value];
  return whenAllRead(
    list.map((element, index) => {
      const name = isList ? `${argument}[${index}]` : argument;
      return whenRead(openTensor(element, name), (source) => read(source, name, isList));
    }),
  );
}
