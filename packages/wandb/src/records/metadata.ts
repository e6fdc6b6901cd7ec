import { writeFileSync } from "node:fs";
import { cpus, hostname, release, totalmem } from "node:os";
import { join } from "node:path";

/** The file that says where a run ran. */
export const METADATA_FILE = "wandb-metadata.json";

/** Writes it; `redact` takes secrets out of the arguments of the process. */
export function writeMetadata(folder: string, startTime: number, redact: (text: string) => string): void {
  const [executable = "", program = "", ...args] = process.argv;
  const metadata = {
    os: `${process.platform} ${release()}`,
    node: process.version,
    startedAt: new Date(startTime).toISOString(),
    program,
    args: args.map(redact),
    executable,
    host: hostname(),
    cpu_count: cpus().length,
    memory: { total: String(totalmem()) },
  };
  writeFileSync(join(folder, METADATA_FILE), `${JSON.stringify(metadata, undefined, 2)}\n`);
}
