import { dtypeOfArray } from "./dtype.ts";
import { describe, reasonOf } from "./errors.ts";
import { readScalar } from "./read-scalar.ts";

/**
 * Plain data: what is left of any value once it is copied so that nobody can change it any more.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Names with plain, deeply frozen values. */
export type PlainRecord = Readonly<Record<string, PlainValue>>;

/** Deeper values are replaced by `"[Deep]"`: a debug value must not overflow the stack. */
const DEPTH_LIMIT = 64;

/**
 * Copies any value into plain, deeply frozen data. Never throws: what cannot be kept is replaced by
 * a string that says so.
 *
 * - numbers (NaN and the infinities too), bigints, booleans, strings and null stay as they are;
 *   undefined becomes null, in an object it is left out
 * - a one-element tensor becomes its number; a typed array becomes an array
 * - a `Date` becomes its ISO string, an `Error` its name, code and message, a `Map` an object, a
 *   `Set` an array; any other object becomes what its `toJSON` returns, else its own properties
 * - functions and symbols become `"[Function name]"` and `"Symbol(name)"`
 * - a cycle becomes `"[Circular]"`, a getter that throws `"[Threw: message]"`, anything nested more
 *   than 64 levels deep `"[Deep]"`
 */
export function toPlain(value: unknown): PlainValue {
  return copy(value, []) ?? null;
}

/** {@link toPlain} for each value of an object; the object's own keys are kept. */
export function toPlainRecord(values: object): PlainRecord {
  return properties(values, Object.keys(values), [values]);
}

function copy(value: unknown, parents: readonly object[]): PlainValue | undefined {
  switch (typeof value) {
    case "function":
      return `[Function ${value.name}]`;
    case "symbol":
      return String(value);
    case "object":
      if (value === null) return null;
      if (parents.includes(value)) return "[Circular]";
      if (parents.length >= DEPTH_LIMIT) return "[Deep]";
      try {
        return copyObject(value, [...parents, value]);
      } catch (error) {
        return threw(error);
      }
    default:
      return value as PlainValue | undefined;
  }
}

function copyObject(value: object, parents: readonly object[]): PlainValue {
  if (Array.isArray(value) || value instanceof Set || dtypeOfArray(value)) {
    const elements = Array.from(value as Iterable<unknown>, (element) => copy(element, parents) ?? null);
    return Object.freeze(elements);
  }
  if (value instanceof Date) {
    const text: string | null = value.toJSON();
    return text ?? "[Invalid Date]";
  }
  if (value instanceof Map) return entries([...value.keys()], (key) => value.get(key), parents);
  if (value instanceof Error) return properties(value, ["name", "code", "message"], parents);
  const scalar = readScalar(value);
  if (scalar !== undefined) return scalar;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return copy(toJSON.call(value), parents) ?? null;
  return properties(value, Object.keys(value), parents);
}

function properties(value: object, keys: readonly string[], parents: readonly object[]): PlainRecord {
  return entries(keys, (key) => (value as Record<string, unknown>)[key], parents);
}

function entries<Key>(
  keys: readonly Key[],
  read: (key: Key) => unknown,
  parents: readonly object[],
): PlainRecord {
  const plain: Record<string, PlainValue> = {};
  for (const key of keys) {
    let value: PlainValue | undefined;
    try {
      value = copy(read(key), parents);
    } catch (error) {
      value = threw(error);
    }
    if (value === undefined) continue;
    // `__proto__` as an ordinary key would set the prototype.
    Object.defineProperty(plain, typeof key === "object" ? describe(key) : String(key), {
      value,
      enumerable: true,
    });
  }
  return Object.freeze(plain);
}

function threw(error: unknown): string {
  return `[Threw: ${reasonOf(error)}]`;
}
