/**
 * About how many bytes a record keeps alive. It need not be exact: it is what bounds the memory of
 * calls that are held.
 */
export function weigh(record: unknown): number {
  if (typeof record === "string") return 16 + record.length * 2;
  if (typeof record !== "object" || record === null) return 16;
  if (ArrayBuffer.isView(record)) return 64 + record.byteLength;
  let bytes = 32;
  for (const value of Object.values(record)) bytes += 16 + weigh(value);
  return bytes;
}
