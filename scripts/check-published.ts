/** Looks at each package as npm would publish it: manifest and files (publint), types (attw). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "mlog-published-"));
try {
  run("pnpm", "run", "pack", folder);
  for (const file of readdirSync(folder)) {
    run("publint", "--strict", join(folder, file));
    run("attw", "--profile", "esm-only", join(folder, file));
    console.log(`${file} is fit to publish`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs a command, and shows what it printed only if it fails. */
function run(command: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return;
  console.error([command, ...args].join(" "), stdout, stderr);
  process.exitCode = 1;
}
