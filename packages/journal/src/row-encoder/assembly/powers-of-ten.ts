const MIN_POWER = -292;
const MAX_POWER = 324;

/**
 * The source of a table for the compiler: 10^-292 to 10^324 as 128-bit fractions, rounded up, two u64
 * each, the high half first.
 */
export function powersSource(): string {
  const words: string[] = [];
  for (let power = MIN_POWER; power <= MAX_POWER; power++) {
    const fraction = fractionOf(power);
    words.push(`0x${(fraction >> 64n).toString(16)}`, `0x${BigInt.asUintN(64, fraction).toString(16)}`);
  }
  return `export const MIN_POWER: i32 = ${MIN_POWER};\nexport const POWERS: usize = memory.data<u64>([${words}]);\n`;
}

/** ceil(10^power * 2^(127 - floor(log2(10^power)))) */
function fractionOf(power: number): bigint {
  const ten = 10n ** BigInt(Math.abs(power));
  const shift = BigInt(127 - ((power * 1741647) >> 19));
  if (power < 0) return ((1n << shift) + ten - 1n) / ten;
  if (shift >= 0n) return ten << shift;
  const divisor = 1n << -shift;
  return (ten + divisor - 1n) / divisor;
}
