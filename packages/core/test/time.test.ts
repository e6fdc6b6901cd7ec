import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Time, type TimeUnit } from "../src/time.ts";

const COUNTED: readonly TimeUnit[] = ["iter", "ep", "ba", "sp", "tok", "sec"];
const count = fc.maxSafeInteger();
const small = fc.integer({ min: -1_000_000, max: 1_000_000 });
const anyTime = fc.oneof(
  fc.record({ value: count, unit: fc.constantFrom(...COUNTED) }),
  fc.record({
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    unit: fc.constant<TimeUnit>("dur"),
  }),
);

const invalid = (kind: "MlogTypeError" | "MlogRangeError"): unknown =>
  expect.objectContaining({ name: kind, code: "INVALID_TIME" });

describe("Time.parse", () => {
  it.each([
    ["2iter", 2, "iter"],
    ["10ep", 10, "ep"],
    ["500ba", 500, "ba"],
    ["3e10sp", 3e10, "sp"],
    ["3_0e10sp", 3e11, "sp"],
    ["4_000tok", 4000, "tok"],
    ["4_00_0tok", 4000, "tok"],
    ["0.5dur", 0.5, "dur"],
    [".5dur", 0.5, "dur"],
    ["1.dur", 1, "dur"],
    ["1e-3dur", 0.001, "dur"],
    ["1E+2dur", 100, "dur"],
    ["+7ba", 7, "ba"],
    ["-7ba", -7, "ba"],
    ["2.0ep", 2, "ep"],
    ["030.0sp", 30, "sp"],
    ["90sec", 90, "sec"],
    ["30s", 30, "sec"],
    ["45m", 2700, "sec"],
    ["1h", 3600, "sec"],
    ["1h30m", 5400, "sec"],
    ["1h20m40s", 4840, "sec"],
    ["1d2h", 93_600, "sec"],
    ["100h", 360_000, "sec"],
    ["10EP", 10, "ep"],
    ["1H30M", 5400, "sec"],
  ] as const)("reads %s", (text, value, unit) => {
    expect(Time.parse(text)).toMatchObject({ value, unit });
  });

  it.each([
    "",
    "ep",
    "10",
    "10 ep",
    " 10ep",
    "10ep\n",
    "10epoch",
    "1,5dur",
    "1__0ep",
    "_1ep",
    "1_ep",
    "NaNdur",
    "Infinitydur",
    "1e400dur",
    "0x10ba",
    "30m1h",
    "1h1h",
    "1.5h",
    "-1h",
    "1h30",
    "1.5ep",
    "0.1sec",
    "9007199254740992ba",
    "999999999999999d",
    "5toString",
    "--5ep",
  ])("refuses %j", (text) => {
    expect(() => Time.parse(text)).toThrow(invalid("MlogRangeError"));
  });

  it.each([undefined, null, 5, 10n, true, Symbol("10ep"), () => "10ep", {}, ["10ep"]])(
    "refuses %s, which is no string and no time",
    (input) => {
      expect(() => Time.parse(input as never)).toThrow(expect.objectContaining({ code: "INVALID_TIME" }));
    },
  );

  it("names what it was given and what it wants", () => {
    expect(() => Time.parse("soon")).toThrow('a time must be like "10ep", "0.5dur" or "1h30m", not "soon"');
    expect(() => Time.parse("1.5ep")).toThrow("a time in ep must be an integer, not 1.5");
    expect(() => Time.parse(5 as never)).toThrow(invalid("MlogTypeError"));
  });

  it("takes a time, also one of another copy of the package", () => {
    expect(Time.parse(new Time(3, "ba")).toString()).toBe("3ba");
    expect(Time.parse({ value: 3, unit: "ba" } as Time)).toBeInstanceOf(Time);
  });

  it("takes linear time for a hostile string", () => {
    const started = performance.now();
    expect(() => Time.parse(`${"1".repeat(1_000_000)}x`)).toThrow(invalid("MlogRangeError"));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("reads back what a time prints", () => {
    fc.assert(
      fc.property(anyTime, ({ value, unit }) => {
        const time = new Time(value, unit);
        const again = Time.parse(time.toString());
        expect(again.unit).toBe(time.unit);
        expect(Object.is(again.value, time.value)).toBe(true);
        expect(JSON.stringify(time)).toBe(JSON.stringify(time.toString()));
        expect(`${time}`).toBe(time.toString());
      }),
    );
  });

  it("reads days, hours, minutes and seconds as their sum", () => {
    const part = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(part, part, part, part, (d, h, m, s) => {
        expect(Time.parse(`${d}d${h}h${m}m${s}s`)).toMatchObject({
          value: ((d * 24 + h) * 60 + m) * 60 + s,
          unit: "sec",
        });
      }),
    );
  });

  it("either gives a time or throws INVALID_TIME, whatever the string", () => {
    const likely = fc.stringMatching(/^[-+\d._edhmsepbatokdurEP]{0,12}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), likely), (text) => {
        try {
          expect(Time.parse(text)).toBeInstanceOf(Time);
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_TIME" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("new Time", () => {
  it("is frozen", () => {
    expect(Object.isFrozen(new Time(1, "ep"))).toBe(true);
  });

  it.each(COUNTED)("wants an integer in %s", (unit) => {
    for (const value of [1.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => new Time(value, unit)).toThrow(invalid("MlogRangeError"));
    }
    for (const value of ["1", 1n, null, undefined]) {
      expect(() => new Time(value as never, unit)).toThrow(invalid("MlogTypeError"));
    }
    expect(new Time(-3, unit).value).toBe(-3);
  });

  it("wants a finite number in dur", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(() => new Time(value, "dur")).toThrow(invalid("MlogRangeError"));
    }
    expect(new Time(1.5, "dur").value).toBe(1.5);
  });

  it("wants one of the units", () => {
    for (const unit of ["epoch", "EP", "", "iter|ep", "toString"]) {
      expect(() => new Time(1, unit as never)).toThrow(invalid("MlogRangeError"));
    }
    expect(() => new Time(1, undefined as never)).toThrow(invalid("MlogTypeError"));
  });
});

describe("arithmetic of times", () => {
  const one = Time.parse("1ep");
  const two = Time.parse("2ep");
  const half = Time.parse("0.5dur");

  it("gives what Composer gives", () => {
    expect(one.plus(two).toString()).toBe("3ep");
    expect(two.minus(one).toString()).toBe("1ep");
    expect(one.minus(two).toString()).toBe("-1ep");
    expect(half.times(two).toString()).toBe("1ep");
    expect(two.times(half).toString()).toBe("1ep");
    expect(two.times(0.5).toString()).toBe("1ep");
    expect(half.times(2).toString()).toBe("1dur");
    expect(half.times(half).toString()).toBe("0.25dur");
    expect(one.ratio(two)).toBe(0.5);
    expect(two.dividedBy(2).toString()).toBe("1ep");
    expect(half.dividedBy(2).toString()).toBe("0.25dur");
  });

  it("cuts what is counted whole towards zero", () => {
    expect(Time.parse("5ba").dividedBy(2).toString()).toBe("2ba");
    expect(Time.parse("-5ba").dividedBy(2).toString()).toBe("-2ba");
    expect(Time.parse("5ba").times(0.5).toString()).toBe("2ba");
    expect(Time.parse("0.5dur").times("5ba").toString()).toBe("2ba");
  });

  it("takes strings, and numbers in the same unit", () => {
    expect(one.plus("2ep").toString()).toBe("3ep");
    expect(one.plus(2).toString()).toBe("3ep");
    expect(one.compareTo("2ep")).toBe(-1);
    expect(two.equals(2)).toBe(true);
    expect(() => one.plus(1.5)).toThrow(invalid("MlogRangeError"));
  });

  it("refuses different units, naming both", () => {
    const batch = Time.parse("1ba");
    for (const mix of [
      () => one.plus(batch),
      () => one.minus(batch),
      () => one.times(batch),
      () => one.dividedBy(batch),
      () => one.ratio(batch),
      () => one.compareTo(batch),
      () => one.equals(batch),
    ]) {
      expect(mix).toThrow(invalid("MlogRangeError"));
    }
    expect(() => one.plus(batch)).toThrow('the other time must be in ep, not "1ba"');
  });

  it("refuses a division by zero and results that are no time", () => {
    for (const wrong of [
      () => one.ratio("0ep"),
      () => one.dividedBy(0),
      () => one.times(Number.NaN),
      () => one.times(Infinity),
      () => half.dividedBy(0),
      () => new Time(Number.MAX_SAFE_INTEGER, "tok").plus(1),
    ]) {
      expect(wrong).toThrow(invalid("MlogRangeError"));
    }
  });

  it("adds and subtracts as integers do", () => {
    fc.assert(
      fc.property(small, small, small, fc.constantFrom(...COUNTED), (x, y, z, unit) => {
        const [a, b, c] = [new Time(x, unit), new Time(y, unit), new Time(z, unit)];
        expect(a.plus(b)).toEqual(b.plus(a));
        expect(a.plus(b).plus(c)).toEqual(a.plus(b.plus(c)));
        expect(a.plus(b).minus(b)).toEqual(a);
        expect(a.minus(b).times(-1)).toEqual(b.minus(a));
        expect(a.plus(0)).toEqual(a);
        expect(a.times(1)).toEqual(a);
      }),
    );
  });

  it("orders as numbers do", () => {
    fc.assert(
      fc.property(anyTime, fc.double({ noNaN: true, noDefaultInfinity: true }), ({ value, unit }, other) => {
        const a = new Time(value, unit);
        const b = new Time(unit === "dur" ? other : Math.trunc(other % 2 ** 53), unit);
        expect(a.compareTo(b)).toBe(a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
        expect(a.compareTo(b) + b.compareTo(a)).toBe(0);
        expect(a.equals(b)).toBe(a.compareTo(b) === 0);
        expect(a < b).toBe(a.value < b.value);
        expect(a.equals(a)).toBe(true);
      }),
    );
  });
});
