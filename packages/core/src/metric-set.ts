import { assertName } from "./arguments.ts";
import { check, checkObject, describe } from "./errors.ts";
import { readScalar } from "./read-scalar.ts";
import type { Metrics } from "./records.ts";
import type { TensorLike } from "./tensor.ts";

/** A number, or what stands for one: `true` is 1, a bigint must be safe, a tensor has one element. */
export type Scalar = number | boolean | bigint | TensorLike;

type Named = Readonly<Record<string, unknown>>;
type Reader = (metrics: Named, values: Float64Array) => void;

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
/** New sets in a row after which no set is guessed any more, until one comes again. */
const GUESSES = 8;

/** Reads the metrics of each call once, and knows recurring sets of names again. One call at a time. */
export class MetricReader {
  // A set is forgotten when another one takes its place, so that random names cannot pile up.
  readonly #known: MetricSet[] = Array.from({ length: PLACES }, () => NO_METRICS);
  // The place of the set that followed the one in this place last time: loops repeat themselves.
  readonly #followers: Uint8Array = new Uint8Array(PLACES);
  #place = 0;
  #newInARow = 0;
  // What one call had, since a new array for each would cost more than reading it.
  readonly #names: string[] = [];
  readonly #values: number[] = [];
  // Values live as long as the call, so that sets of the same size can share their array.
  readonly #valuesOfSize: Float64Array[] = [];

  /** @throws `INVALID_ARGUMENT`, `INVALID_METRIC`, `INVALID_NAME` */
  read(metrics: Named): MetricSet {
    const place = this.#followers[this.#place]!;
    const guess = this.#known[place]!;
    const isGuess = this.#newInARow < GUESSES && guess !== NO_METRICS;
    if (isGuess && typeof metrics === "object" && guess.matches(metrics)) {
      this.#place = place;
      guess.read(metrics);
      return guess;
    }
    return this.#readUnknown(metrics);
  }

  #readUnknown(metrics: Named): MetricSet {
    checkObject(metrics, "metrics");
    const names = this.#names;
    const values = this.#values;
    let hash = 0;
    let count = 0;
    for (const name in metrics) {
      assertName(name, "metrics");
      names[count] = name;
      values[count++] = toNumber(metrics[name], name);
      hash = (hash * 31 + name.charCodeAt(0) + name.charCodeAt(name.length - 1) * 7 + name.length * 131) | 0;
    }
    const place = hash & (PLACES - 1);
    this.#followers[this.#place] = place;
    this.#place = place;
    let set = this.#known[place]!;
    // Names are compared and not the object: looking through a fresh object costs more than all else here.
    if (set.names.length === count && set.names.every((name, i) => name === names[i])) this.#newInARow = 0;
    else {
      this.#newInARow++;
      set = new MetricSet(names.slice(0, count), (this.#valuesOfSize[count] ??= new Float64Array(count)));
      this.#known[place] = set;
    }
    for (let i = 0; i < count; i++) set.values[i] = values[i]!;
    return set;
  }
}

function toNumber(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean" || (typeof value === "bigint" && Number.isSafeInteger(Number(value))))
    return Number(value);
  const argument = `metric ${describe(name)}`;
  const scalar = readScalar(value, argument);
  const rule = "be a number, a boolean, a safe bigint or a tensor of one element";
  check(scalar !== undefined, "INVALID_METRIC", argument, rule, value, "bigint");
  return scalar;
}

/** One property access per name, so that the engine resolves each of them once. */
function compile(names: readonly string[]): Reader | undefined {
  const lines = names.map((name, i) => {
    const text = JSON.stringify(name);
    return `v=m[${text}];o[${i}]=typeof v==="number"?v:n(v,${text});`;
  });
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- built from names as JSON text only
    return new Function("n", `return(m,o)=>{let v;${lines.join("")}}`)(toNumber) as Reader;
  } catch {
    // Code generation is disallowed here (a content security policy): the loop does the same.
    return undefined;
  }
}
