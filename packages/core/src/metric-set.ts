import { MlogRangeError, MlogTypeError, describe } from "./errors.ts";
import { readScalar } from "./read-tensor.ts";
import type { Metrics } from "./records.ts";
import type { TensorLike } from "./tensor.ts";

/** A number, or what stands for one: `true` is 1, a bigint must be safe, a tensor has one element. */
export type Scalar = number | boolean | bigint | TensorLike;

type Named = Readonly<Record<string, unknown>>;
type Reader = (metrics: Named, values: Float64Array) => void;

/** In UTF-16 units; longer names are refused. */
const NAME_LIMIT = 1024;
/** Reads of a set before a reader is generated for it: most random sets never get there. */
const READS_BEFORE_COMPILING = 16;
/** Sets with more names are read in a loop: huge generated functions are not optimised. */
const COMPILE_LIMIT = 256;

/** The names of one call and, during the call, its values. */
export class MetricSet implements Metrics {
  readonly names: readonly string[];
  readonly values: Float64Array;
  #reads = 0;
  #read: Reader | undefined;

  constructor(names: readonly string[], values: Float64Array) {
    this.names = names;
    this.values = values;
  }

  /** Whether `metrics` has exactly these names in this order. Reads no value. */
  matches(metrics: Named): boolean {
    const { names } = this;
    let count = 0;
    for (const name in metrics) if (names[count++] !== name) return false;
    return count === names.length;
  }

  /** Reads each value of `metrics` once. */
  read(metrics: Named): void {
    if (this.#read !== undefined) return this.#read(metrics, this.values);
    const { names, values } = this;
    for (let i = 0; i < names.length; i++) values[i] = toNumber(metrics[names[i]!], names[i]!);
    if (++this.#reads === READS_BEFORE_COMPILING && names.length <= COMPILE_LIMIT)
      this.#read = compile(names);
  }

  /** A copy that stays valid after the call. */
  keep(): MetricSet {
    return new MetricSet(this.names, this.values.slice());
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: number]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i]!, this.values[i]!];
  }
}

const NO_METRICS = new MetricSet([], new Float64Array(0));
/** Sets of names that are remembered, each in the place that its hash says. */
const PLACES = 256;

/** Reads the metrics of each call once, and knows recurring sets of names again. */
export class MetricReader {
  // A set is forgotten when another one takes its place, so that random names cannot pile up.
  readonly #known: MetricSet[] = new Array<MetricSet>(PLACES).fill(NO_METRICS);
  // The place of the set that followed the one in this place last time: loops repeat themselves.
  readonly #followers: Uint8Array = new Uint8Array(PLACES);
  #place = 0;
  // All sets read into the same memory: values are valid only during the call.
  #scratch: Float64Array = new Float64Array(64);
  #views: (Float64Array | undefined)[] = [];

  /** @throws MlogTypeError `INVALID_ARGUMENT`, `INVALID_METRIC`; MlogRangeError `INVALID_NAME` */
  read(metrics: Named): MetricSet {
    const place = this.#followers[this.#place]!;
    const guess = this.#known[place]!;
    if (typeof metrics === "object" && metrics !== null && guess.names.length > 0 && guess.matches(metrics)) {
      this.#place = place;
      guess.read(metrics);
      return guess;
    }
    return this.#readUnknown(metrics);
  }

  #readUnknown(metrics: Named): MetricSet {
    if (typeof metrics !== "object" || metrics === null || Symbol.iterator in metrics) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `metrics must be an object of names and numbers, not ${describe(metrics)}; turn a Map into one with Object.fromEntries`,
      );
    }
    const names: string[] = [];
    let hash = 0;
    for (const name in metrics) {
      const count = names.push(name);
      if (count > this.#scratch.length) this.#grow();
      this.#scratch[count - 1] = toNumber(metrics[name], name);
      hash = (hash * 31 + name.charCodeAt(0) + name.charCodeAt(name.length - 1) * 7 + name.length * 131) | 0;
    }
    const place = hash & (PLACES - 1);
    this.#followers[this.#place] = place;
    this.#place = place;
    const known = this.#known[place]!;
    if (sameNames(known.names, names)) return known;
    for (const name of names) assertName(name, "metrics");
    const set = new MetricSet(names, this.#view(names.length));
    this.#known[place] = set;
    return set;
  }

  #view(length: number): Float64Array {
    return (this.#views[length] ??= this.#scratch.subarray(0, length));
  }

  #grow(): void {
    const larger = new Float64Array(this.#scratch.length * 2);
    larger.set(this.#scratch);
    this.#scratch = larger;
    // Sets of before keep their own memory, so that none of them reads into the new one unseen.
    this.#views = [];
    this.#known.fill(NO_METRICS);
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @throws MlogTypeError or MlogRangeError `INVALID_NAME` unless `name` is text of 1 to 1024 characters */
export function assertName(name: unknown, argument: string): asserts name is string {
  if (typeof name !== "string") {
    throw new MlogTypeError("INVALID_NAME", `${argument}: a name must be a string, not ${describe(name)}`);
  }
  if (name.length === 0 || name.length > NAME_LIMIT) {
    throw new MlogRangeError(
      "INVALID_NAME",
      `${argument}: a name must have 1 to ${NAME_LIMIT} characters, not ${name.length}: ${describe(name)}`,
    );
  }
}

function toNumber(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint" && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)))
    return Number(value);
  const scalar = typeof value === "object" && value !== null ? readScalar(value) : undefined;
  if (scalar !== undefined) return scalar;
  throw new MlogTypeError(
    "INVALID_METRIC",
    `metric ${describe(name)} must be a number, a boolean, a safe bigint or a tensor of one element, not ${describe(value)}`,
  );
}

let canCompile = true;

/** One property access per name, so that the engine resolves each of them once. */
function compile(names: readonly string[]): Reader | undefined {
  if (!canCompile) return undefined;
  const lines = names.map((name, i) => {
    const text = JSON.stringify(name);
    return `v=m[${text}];o[${i}]=typeof v==="number"?v:n(v,${text});`;
  });
  try {
    return new Function("n", `return(m,o)=>{let v;${lines.join("")}}`)(toNumber) as Reader;
  } catch {
    // Code generation is disallowed here (a content security policy): the loop does the same.
    canCompile = false;
    return undefined;
  }
}
