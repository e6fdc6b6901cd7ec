import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** What may be said on the command line of every benchmark. */
export interface Options {
  /** Fewer rounds and shorter ones: to see that it works, not to quote. */
  readonly quick: boolean;
  /** Undefined: what the benchmark finds right. */
  readonly rounds: number | undefined;
  /** Only the parts with these names. */
  readonly only: readonly string[];
  /** Where log files go; removed at the end. Give a folder on the disk that counts. */
  readonly folder: string;
}

export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string" },
      dir: { type: "string", default: tmpdir() },
      check: { type: "boolean", default: false },
    },
  });
  const folder = mkdtempSync(join(values.dir, "mlog-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return {
    quick: values.quick,
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    only: values.only?.split(",") ?? [],
    folder,
  };
}
