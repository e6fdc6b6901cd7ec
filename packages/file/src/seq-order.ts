import type { LoggedRecord, RunRecord } from "./record.ts";

/**
 * The records of a log, each that stands behind its place at its place: the log is read twice, and
 * such records are held in memory.
 */
export async function* inSeqOrder(
  read: () => AsyncIterable<RunRecord>,
): AsyncGenerator<RunRecord, void, void> {
  const late: LoggedRecord[] = [];
  for await (const record of read()) if (isLate(record)) late.push(record);
  const held = new Set(late.map(({ seq }) => seq));
  // The lowest last, so that it is taken first.
  late.sort((a, b) => b.seq - a.seq);
  for await (const record of read()) {
    if (isLate(record) && held.has(record.seq)) continue;
    while (record.type !== "damaged" && late.length > 0 && late.at(-1)!.seq < record.seq) yield late.pop()!;
    yield record;
  }
  yield* late.toReversed();
}

function isLate(record: RunRecord): record is LoggedRecord {
  return record.type !== "damaged" && record.type !== "unknown" && record.next !== undefined;
}
