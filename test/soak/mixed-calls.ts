import assert from "node:assert/strict";
import type { LoggedRecord } from "@mlog/file";
import { isSame } from "./numbered-metrics.ts";
import { createRandom, type Random } from "./random.ts";

/** One call of a run that uses all there is; each makes one record. */
export type Call =
  | { readonly type: "metrics"; readonly metrics: Readonly<Record<string, number>> }
  | { readonly type: "traces"; readonly traces: Readonly<Record<string, unknown>> }
  | { readonly type: "table"; readonly name: string; readonly columns: string[]; readonly rows: unknown[][] }
  /** Written to stdout in these pieces; the last one ends the line. */
  | { readonly type: "output"; readonly pieces: readonly string[] }
  /** The end of an epoch. */
  | { readonly type: "event" };

/** Sets of metrics that recur, as they do in training; one in twenty calls has a set of its own. */
const SETS = 40;
const NAMES = 1000;
const WORDS = ["loss", "größe", "語彙", 'quo"te', "back\\slash", "🙂", "tab\there", "line"];

/** The call number `n`, from 1, of the run with that seed. */
export function mixedCall(seed: string, n: number): Call {
  if (n % 5000 === 0) return { type: "event" };
  const random = createRandom(`${seed}/${n}`);
  const kind = random.next();
  if (kind < 0.01) return table(random);
  if (kind < 0.03)
    return { type: "traces", traces: { n, path: [text(random), { depth: random.next() }], none: null } };
  if (kind < 0.06) return { type: "output", pieces: pieces(random, n) };
  return { type: "metrics", metrics: metrics(random) };
}

/** Throws unless `record` is what {@link mixedCall} number `n` left behind. */
export function assertCall(record: LoggedRecord, call: Call, n: number): void {
  const where = `seq ${record.seq}, call ${n}`;
  assert.equal(record.type, call.type, `the type of ${where}`);
  assert.equal(record.step, n - 1, `the step of ${where}`);
  if (record.type === "metrics" && call.type === "metrics") {
    if (!isSame(record.metrics, call.metrics)) assert.deepEqual(record.metrics, call.metrics, where);
  } else if (record.type === "traces" && call.type === "traces") {
    assert.deepEqual(record.traces, call.traces, where);
  } else if (record.type === "table" && call.type === "table") {
    const { name, columns, rows } = record;
    assert.deepEqual(
      { name, columns, rows },
      { name: call.name, columns: call.columns, rows: call.rows },
      where,
    );
  } else if (record.type === "output" && call.type === "output") {
    assert.equal(`${record.text}\n`, call.pieces.join(""), where);
  } else if (record.type === "event") {
    assert.equal(record.event, "epochEnd", where);
  }
}

function metrics(random: Random): Record<string, number> {
  const recurs = random.chance(0.95);
  const own = recurs ? createRandom(`set ${random.below(SETS)}`) : random;
  const size = 1 + own.below(20);
  const values: Record<string, number> = {};
  for (let i = 0; i < size; i++)
    values[`${WORDS[own.below(WORDS.length)]}/${own.below(NAMES)}`] = value(random);
  return values;
}

function value(random: Random): number {
  const kind = random.below(20);
  if (kind === 0) return [NaN, Infinity, -Infinity, 0, 5e-324, Number.MAX_VALUE][random.below(6)]!;
  if (kind < 6) return random.below(1_000_000);
  return (random.next() - 0.5) * 10 ** (random.below(60) - 30);
}

function table(random: Random): Call {
  const columns = ["text", "value", "flag"];
  const rows = Array.from({ length: random.below(30) }, () => [
    text(random),
    random.next(),
    random.chance(0.5),
  ]);
  return { type: "table", name: `samples/${random.below(5)}`, columns, rows };
}

function pieces(random: Random, n: number): string[] {
  const line = `call ${n}: ${text(random)}\n`;

  const cut = random.below(line.length);
  return cut === 0 ? [line] : [line.slice(0, cut), line.slice(cut)];
}

function text(random: Random): string {
  return Array.from({ length: 1 + random.below(12) }, () => WORDS[random.below(WORDS.length)]).join(" ");
}
