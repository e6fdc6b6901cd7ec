import { open, readFile } from "node:fs/promises";
import { type ImageReference, type LoggedRecord, type MediaReference, readMedia, readRun } from "@mlog/file";
import { logFilesOf } from "./log-files.ts";
import { read } from "./log-ends.ts";
import type { Output } from "./output.ts";
import { NumberRanges } from "./number-ranges.ts";

/** Problems that are told one by one; the others are counted. */
const TOLD = 100;
const NEWLINE = 10;

/** What {@link verifyRun} found. */
export interface Verification {
  readonly ok: boolean;
  readonly records: number;
  /** Different files of pictures and masks that are there and what was logged. */
  readonly pictures: number;
  readonly problems: readonly string[];
  /** Problems beyond those that are told. */
  readonly more: number;
  /** What is no damage, and good to know. */
  readonly notes: readonly string[];
}

/** Reads all of a run, and the files of its pictures. */
export async function verifyRun(path: string, media: boolean, output: Output): Promise<Verification> {
  const problems: string[] = [];
  const notes: string[] = [];
  let more = 0;
  const problem = (text: string): void => {
    if (problems.length < TOLD) problems.push(text);
    else more++;
  };
  const ranks = new Map<number, { readonly seqs: NumberRanges; ended: boolean }>();
  const seen = new Set<string>();
  let records = 0;
  let pictures = 0;
  for await (const record of readRun(path)) {
    records++;
    output.status(() => `${records} records, ${pictures} pictures`);
    if (record.type === "damaged") {
      problem(`${record.file}:${record.line}: ${record.reason}`);
      continue;
    }
    let rank = ranks.get(record.rank);
    if (rank === undefined) ranks.set(record.rank, (rank = { seqs: new NumberRanges(), ended: false }));
    rank.seqs.add(record.seq, record.seq);
    rank.ended = record.type === "end";
    if (record.type === "dropped") {
      rank.seqs.add(record.from, record.to);
      notes.push(
        `rank ${record.rank}: calls ${record.from} to ${record.to} could not be kept when they were logged`,
      );
    }
    if (!media) continue;
    for (const reference of referencesOf(record)) {
      if (reference.file === null || seen.has(reference.file)) continue;
      seen.add(reference.file);
      try {
        await readMedia(path, reference);
        pictures++;
      } catch (error) {
        problem((error as Error).message);
      }
    }
  }
  for (const [rank, { seqs, ended }] of ranks) {
    for (const [from, to] of seqs.gaps(0)) problem(`rank ${rank}: the records ${from} to ${to} are missing`);
    if (!ended) notes.push(`rank ${rank} has not ended: it goes on, or was killed`);
  }
  await checkFiles(path, problem, notes);
  return { ok: problems.length === 0, records, pictures, problems, more, notes: notes.slice(0, TOLD) };
}

/** All files that a record refers to. */
function referencesOf(record: LoggedRecord): MediaReference[] {
  const images: ImageReference[] = [];
  if (record.type === "images") images.push(...record.images);
  if (record.type === "table") {
    for (const [column, type] of record.types.entries()) {
      if (type !== "image") continue;
      for (const row of record.rows) {
        const cell = row[column] as { readonly $image?: ImageReference } | null | undefined;
        if (cell?.$image !== undefined) images.push(cell.$image);
      }
    }
  }
  return images.flatMap((image) => [image, ...Object.values(image.masks)]);
}

/** The ends of the logs, and what their ledgers say was shipped. */
async function checkFiles(path: string, problem: (text: string) => void, notes: string[]): Promise<void> {
  for (const { parts } of await logFilesOf(path)) {
    const last = parts.at(-1)!;
    const file = await open(last, "r");
    try {
      const { size } = await file.stat();
      const end = await read(file, Math.max(0, size - 1), size);
      if (size > 0 && end[0] !== NEWLINE) {
        notes.push(
          `${last} ends within a line, which readers leave out: it is being written, or its process was killed`,
        );
      }
      const shipped = await shippedBytes(`${last}.segments/ledger.jsonl`);
      if (shipped > size) {
        problem(`${last} has ${size} bytes, but ${shipped} were shipped from it: something cut it`);
      }
    } finally {
      await file.close();
    }
  }
}

async function shippedBytes(ledger: string): Promise<number> {
  const text = await readFile(ledger, "utf8").catch(() => "");
  const ends = text.split("\n").map((line) => {
    try {
      return Number((JSON.parse(line) as { end?: unknown }).end ?? 0);
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...ends.filter(Number.isSafeInteger));
}
