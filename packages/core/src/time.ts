import { check } from "./errors.ts";

/**
 * What a {@link Time} counts, under Composer's names: iterations, epochs, batches, samples, tokens,
 * the fraction of the whole training (`dur`, 1 is its end), seconds of wall-clock time.
 */
export type TimeUnit = "iter" | "ep" | "ba" | "sp" | "tok" | "dur" | "sec";

/** A time, a string for {@link Time.parse}, or a number in the unit of the time it is used with. */
export type TimeLike = Time | string | number;

const UNITS = "iter|ep|ba|sp|tok|dur|sec";
const AMOUNT = new RegExp(`^([-+.\\de]+)(${UNITS})$`, "i");
const CLOCK = /^(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/i;

/**
 * A length of training, or a point in it, in one unit: Composer's `Time`. A frozen value; arithmetic
 * gives new ones. Only `dur` has fractions, every other unit counts in safe integers; both may be
 * negative, as differences are. Units are never converted: a method that takes another time throws
 * `INVALID_TIME` (MlogRangeError) if its unit differs, as Composer does.
 *
 * `<` and `>` see the bare {@link value}, whatever the unit; {@link compareTo} checks the unit.
 */
export class Time {
  readonly value: number;
  readonly unit: TimeUnit;

  /**
   * @throws MlogTypeError or MlogRangeError `INVALID_TIME` if the unit is not one, or the value is not
   * a finite number, or not a safe integer where it must be.
   */
  constructor(value: number, unit: TimeUnit) {
    check(
      UNITS.split("|").includes(unit),
      "INVALID_TIME",
      "the unit of a time",
      `be ${UNITS}`,
      unit,
      "string",
    );
    const isDuration = unit === "dur";
    check(
      (isDuration ? Number.isFinite : Number.isSafeInteger)(value),
      "INVALID_TIME",
      `a time in ${unit}`,
      isDuration ? "be a number" : "be an integer",
      value,
    );
    // Adding zero turns -0 into 0, so that a time is the same as what is parsed from its string.
    this.value = value + 0;
    this.unit = unit;
    Object.freeze(this);
  }

  /**
   * Reads a time string: a number and a unit (`"10ep"`, `"0.5dur"`, `"3e4tok"`, `"4_000sp"`), or days,
   * hours, minutes and seconds in this order, which give `sec` (`"1h30m"`, `"1d2h"`, `"30s"`). Letters
   * may be of either case. Days, more than 23 hours and more than 59 minutes go beyond Composer. A
   * time, also one of another copy of this package, is taken by its value and unit.
   *
   * @throws MlogRangeError `INVALID_TIME` for a string that is not a time, or a fraction of what is
   * counted whole; MlogTypeError `INVALID_TIME` for anything else.
   */
  static parse(input: string | Time): Time {
    if (typeof input === "object" && input !== null) return new Time(input.value, input.unit);
    const text = typeof input === "string" ? input.replace(/(\d)_(?=\d)/g, "$1") : "";
    const amount = AMOUNT.exec(text);
    if (amount) return new Time(Number(amount[1]), amount[2]!.toLowerCase() as TimeUnit);
    const clock = CLOCK.exec(text);
    check(clock, "INVALID_TIME", "a time", 'be like "10ep", "0.5dur" or "1h30m"', input, "string");
    const [, days = 0, hours = 0, minutes = 0, seconds = 0] = clock;
    return new Time(86400 * +days + 3600 * +hours + 60 * +minutes + +seconds, "sec");
  }

  plus(other: TimeLike): Time {
    return new Time(this.value + valueIn(this.unit, other), this.unit);
  }

  minus(other: TimeLike): Time {
    return new Time(this.value - valueIn(this.unit, other), this.unit);
  }

  /** Scales by a number or by a time in `dur`. What is counted whole is cut, as in Composer. */
  times(factor: TimeLike): Time {
    if (this.unit !== "dur" || typeof factor === "number") {
      return scaled(this.value * valueIn("dur", factor), this.unit);
    }
    const { value, unit } = Time.parse(factor);
    return scaled(this.value * value, unit);
  }

  /** Divides by a number or by a time in `dur`. What is counted whole is cut, as in Composer. */
  dividedBy(divisor: TimeLike): Time {
    return scaled(this.value / valueIn("dur", divisor), this.unit);
  }

  /**
   * How many times `other` fits into this time: what Composer's division of two times gives in `dur`.
   *
   * @throws MlogRangeError `INVALID_TIME` also if `other` is zero.
   */
  ratio(other: TimeLike): number {
    return new Time(this.value / valueIn(this.unit, other), "dur").value;
  }

  /** -1 if this time comes first, 0 if they are equal, 1 if `other` comes first. */
  compareTo(other: TimeLike): number {
    return Math.sign(this.value - valueIn(this.unit, other));
  }

  equals(other: TimeLike): boolean {
    return this.compareTo(other) === 0;
  }

  valueOf(): number {
    return this.value;
  }

  /** The string that {@link Time.parse} reads as this time, such as `"10ep"`. */
  toString(): string {
    return this.value + this.unit;
  }

  toJSON(): string {
    return this.toString();
  }
}

function valueIn(unit: TimeUnit, time: TimeLike): number {
  const other = typeof time === "number" ? new Time(time, unit) : Time.parse(time);
  check(other.unit === unit, "INVALID_TIME", "the other time", `be in ${unit}`, `${other}`, "string");
  return other.value;
}

function scaled(value: number, unit: TimeUnit): Time {
  return new Time(unit === "dur" ? value : Math.trunc(value), unit);
}
