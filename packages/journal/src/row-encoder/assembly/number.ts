// @ts-nocheck AssemblyScript: its types are not TypeScript's.

// Shortest decimal text of a double that reads back as the same double, laid out as Number#toString
// does. The digits come from R. Giulietti's Schubfach ("The Schubfach way to render doubles", 2020);
// the names below are those of the paper.

import { MIN_POWER, POWERS } from "./powers";

// Losses have 16 or 17 digits, one as often as the other. What depends on that is selected and not
// branched to: a processor that guesses wrong loses the time of twenty multiplications.

/** 10^0 to 10^8. */
const TENS: usize = memory.data<u64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000]);

/** Writes a finite `value` at `out`; returns the end. May scribble on up to 24 bytes behind it. */
export function writeNumber(out: usize, value: f64): usize {
  const bits = reinterpret<u64>(value);
  if (Math.abs(value) < 9007199254740992.0) {
    const whole = i64(value);
    if (f64(whole) == value) {
      if (whole < 0) {
        store<u8>(out, 45); // -
        return writeInteger(out + 1, u64(-whole));
      }
      return writeInteger(out, u64(whole));
    }
  }
  if (i64(bits) < 0) store<u8>(out++, 45); // -
  return writeShortest(out, bits & 0xfffffffffffff, i32((bits >>> 52) & 0x7ff));
}

function writeInteger(out: usize, value: u64): usize {
  const length = digitCount(value);
  writeDigits(out, value, length);
  return out + length;
}

function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >>> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >>> 32;
  const p01 = a0 * b1;
  const middle = a1 * b0 + ((a0 * b0) >>> 32) + (p01 & 0xffffffff);
  return a1 * b1 + (middle >>> 32) + (p01 >>> 32);
}

function writeShortest(out: usize, fraction: u64, exponent: i32): usize {
  const c: u64 = exponent != 0 ? fraction | 0x10000000000000 : fraction;
  const q: i32 = (exponent != 0 ? exponent : 1) - 1075;
  // At a power of two the neighbour below is only half as far as the one above.
  const closer: i32 = i32(fraction == 0 && exponent > 1);
  const odd: u64 = c & 1;
  const k: i32 = (q * 1262611 - closer * 524031) >> 22;
  const h: i32 = q + ((-k * 1741647) >> 19) + 1;
  const power: usize = POWERS + (usize(-k - MIN_POWER) << 4);
  const g1 = load<u64>(power);
  const g0 = load<u64>(power, 8);

  // v = g * 4c * 2^h in three words; the bounds of the rounding interval lie g * 2 * 2^h beside it.
  const cb: u64 = c << (2 + h);
  const v0 = g0 * cb;
  const low = mulHigh(g0, cb);
  const v1 = g1 * cb + low;
  const v2 = mulHigh(g1, cb) + u64(v1 < low);
  const vb = v2 | u64(v1 > 1);

  let shift: u64 = u64(h) + 1;
  let d0 = g0 << shift;
  let d1 = (g1 << shift) | (g0 >>> (64 - shift));
  let d2 = g1 >>> (64 - shift);
  const r0 = v0 + d0;
  const carry = u64(r0 < v0);
  const r1 = v1 + d1;
  const r1c = r1 + carry;
  const r2 = v2 + d2 + (u64(r1 < v1) | u64(r1c < r1));
  const upper = (r2 | u64(r1c > 1)) - odd;

  shift -= u64(closer);
  d0 = g0 << shift;
  d1 = (g1 << shift) | (g0 >>> (64 - shift));
  d2 = g1 >>> (64 - shift);
  const borrow = u64(v0 < d0);
  const l1 = v1 - d1;
  const l1b = l1 - borrow;
  const l2 = v2 - d2 - (u64(v1 < d1) | u64(l1 < borrow));
  const lower = (l2 | u64(l1b > 1)) + odd;

  const s = vb >>> 2;
  const tens = s / 10;
  const tensDown = u64(lower <= 40 * tens);
  const tensUp = u64(40 * tens + 40 <= upper);
  const isShorter = (tensDown ^ tensUp) & u64(s >= 10);
  const down = u64(lower <= 4 * s);
  const up = u64(4 * s + 4 <= upper);
  // Both or none: the nearer one, and the even one of two that are as near.
  const nearer = u64(vb + (s & 1) > 4 * s + 2);
  const longer = s + select(up, nearer, down != up);
  return writeTrimmed(out, select(tens + tensUp, longer, isShorter != 0), k + i32(isShorter));
}

function writeTrimmed(out: usize, digits: u64, exponent: i32): usize {
  if (digits % 10 == 0) {
    if (digits % 100000000 == 0) {
      digits /= 100000000;
      exponent += 8;
    }
    if (digits % 10000 == 0) {
      digits /= 10000;
      exponent += 4;
    }
    while (digits % 10 == 0) {
      digits /= 10;
      exponent++;
    }
  }
  return writeDecimal(out, digits, exponent);
}

/** Lays out digits * 10^exponent as ECMAScript's Number::toString does. */
function writeDecimal(out: usize, digits: u64, exponent: i32): usize {
  const length = digitCount(digits);
  const point = length + exponent;
  if (point > 21 || point <= -6) return writeScientific(out, digits, length, point - 1);
  if (point <= 0) {
    store<u32>(out, 0x30302e30); // 0.00
    store<u32>(out, 0x30303030, 4); // 0000
    writeDigits(out + 2 - point, digits, length);
    return out + 2 - point + length;
  }
  if (exponent >= 0) {
    writeDigits(out, digits, length);
    for (let i = 0; i < exponent; i++) store<u8>(out + length + i, 48);
    return out + point;
  }
  writeDigits(out, digits, length);
  v128.store(out + point + 1, v128.load(out + point));
  store<u8>(out + point, 46); // .
  return out + length + 1;
}

function writeScientific(out: usize, digits: u64, length: i32, exponent: i32): usize {
  writeDigits(out + 1, digits, length);
  store<u8>(out, load<u8>(out, 1));
  let end = out + 1;
  if (length > 1) {
    store<u8>(end, 46); // .
    end = out + 1 + length;
  }
  store<u16>(end, exponent < 0 ? 0x2d65 : 0x2b65); // e- or e+
  return writeInteger(end + 2, u64(exponent < 0 ? -exponent : exponent));
}

function digitCount(value: u64): i32 {
  if (value >= 1000000000000000) return 16 + i32(value >= 10000000000000000);
  let count = 1;
  let limit: u64 = 10;
  while (value >= limit) {
    limit *= 10;
    count++;
  }
  return count;
}

/** Writes the `length` digits of `value`, and zeros behind them, as there are 8 or 17 in all. */
function writeDigits(out: usize, value: u64, length: i32): void {
  if (length <= 8) return writeEight(out, value * load<u64>(TENS + ((8 - length) << 3)));
  value *= load<u64>(TENS + ((17 - length) << 3));
  const upper = value / 100000000;
  const top = upper / 100000000;
  store<u8>(out, u8(48 + top));
  writeEight(out + 1, upper - top * 100000000);
  writeEight(out + 9, value - upper * 100000000);
}

/** Halves the digits three times, all parts at once: 4 + 4, then 2 + 2 + 2 + 2, then one per byte. */
function writeEight(out: usize, value: u64): void {
  const fours = (value << 32) - ((10000 << 32) - 1) * ((value * 109951163) >>> 40);
  const twos = (fours << 16) - ((100 << 16) - 1) * (((fours * 10486) >>> 20) & 0x7f0000007f);
  const ones = (twos << 8) - ((10 << 8) - 1) * (((twos * 103) >>> 10) & 0xf000f000f000f);
  store<u64>(out, ones + ((u64(0x30303030) << 32) | 0x30303030));
}
