import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { openJournal, type JournalOptions, type RecordWriter } from "../src/index.ts";
import { layout } from "./rows.ts";
import { temporaryFile } from "./temporary-file.ts";

const JOURNALS = 4;
const MIB = 1024 * 1024;

const ways: { name: string; options: Partial<JournalOptions> }[] = [
  { name: "a worker", options: {} },
  { name: "the calling thread, at each append", options: { durability: "record" } },
  { name: "the calling thread, now and then", options: { fs: {} } },
];

test.each(ways)("journals on $name that were closed keep no memory", async ({ options }) => {
  const folder = dirname(temporaryFile());
  const shared: WeakRef<SharedArrayBuffer>[] = [];
  vi.stubGlobal("SharedArrayBuffer", rememberLarge(shared));
  const kept: RecordWriter[] = [];
  for (let i = 0; i < JOURNALS; i++) {
    const journal = openJournal(join(folder, `${i}.jsonl`), {
      rows: layout,
      bufferBytes: 2 * MIB,
      ...options,
    });
    journal.appendRow(Float64Array.of(i, 0), ["loss"], Float64Array.of(0.5));
    // More than the ring holds: it goes into memory of its own.
    journal.append(new Uint8Array(3 * MIB).fill(10));
    await journal.close();
    kept.push(journal);
  }
  vi.unstubAllGlobals();
  // The ring, its names and the large record.
  expect(shared).toHaveLength(3 * JOURNALS);
  await expect.poll(() => collect(shared), { timeout: 10_000 }).toBe(0);
  for (const journal of kept) expect(journal.stats()).toMatchObject({ appended: 2, written: 2 });
});

/** A `SharedArrayBuffer` that notes each one of a mebibyte or more. */
function rememberLarge(made: WeakRef<SharedArrayBuffer>[]): typeof SharedArrayBuffer {
  return class extends SharedArrayBuffer {
    constructor(bytes = 0, options?: { maxByteLength?: number }) {
      super(bytes, options);
      if (bytes >= MIB) made.push(new WeakRef(this));
    }
  };
}

/** Collects garbage; returns how many are still there. */
async function collect(shared: readonly WeakRef<SharedArrayBuffer>[]): Promise<number> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  // What a WeakRef was asked for lives until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  return shared.filter((reference) => reference.deref() !== undefined).length;
}
