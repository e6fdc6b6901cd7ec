import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { metricColumns, metricNames, ROWS } from "../harness/rows.ts";

/** Lines that are made before they are written. */
const LINES_PER_BLOCK = 10_000;

/** Writes logs as `FileLogger` does, with the same numbers in every run: the disk and the reader do not see that. */
export function writeRuns(folder: string, runs: number, metrics: number, steps: number): void {
  const lines = logLines(metrics, steps);
  for (let run = 0; run < runs; run++) {
    const name = `run-${String(run).padStart(4, "0")}`;
    mkdirSync(join(folder, name), { recursive: true });
    const file = openSync(join(folder, name, "logs-rank0.jsonl"), "w");
    writeAll(file, startLine(name));
    for (const block of lines) writeAll(file, block);
    closeSync(file);
  }
}

/** One more step of a log. */
export function lineOf(metrics: number, step: number): string {
  const values = metricNames(metrics).map((name) => `${JSON.stringify(name)}:${Math.random()}`);
  return `${head("metrics", step)},"metrics":{${values.join(",")}}}\n`;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function head(type: string, step: number): string {
  const time = 1_795_377_236_000 + step * 50;
  return (
    `{"v":1,"type":"${type}","seq":${step + 1},"time":${time},"step":${step},` +
    `"epoch":${Math.floor(step / 1000)},"batch":${step},"sample":${step * 32},"token":0`
  );
}

function startLine(run: string): Buffer {
  const ranks = { rank: 0, localRank: 0, nodeRank: 0, worldSize: 1, localWorldSize: 1 };
  const start = { session: 0, run, ranks, maxDuration: null, timestamp: {}, versions: {} };
  return Buffer.from(`${head("start", 0)},${JSON.stringify(start).slice(1)}\n`);
}

function logLines(metrics: number, steps: number): Buffer[] {
  const names = metricNames(metrics).map((name) => JSON.stringify(name));
  const columns = metricColumns(metrics);
  const blocks: Buffer[] = [];
  for (let from = 0; from < steps; from += LINES_PER_BLOCK) {
    let text = "";
    for (let step = from; step < Math.min(steps, from + LINES_PER_BLOCK); step++) {
      const values = names.map((name, i) => `${name}:${columns[i]![step % ROWS]!}`);
      text += `${head("metrics", step)},"metrics":{${values.join(",")}}}\n`;
    }
    blocks.push(Buffer.from(text));
  }
  return blocks;
}
