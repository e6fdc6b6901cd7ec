/** Looks at each package as npm would publish it: manifest and files (publint), types (attw). */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "mlog-packed-"));
try {
  run("pnpm", "run", "pack", folder);
  for (const file of readdirSync(folder)) {
    run("publint", "--strict", join(folder, file));
    run("attw", "--profile", "esm-only", join(folder, file));
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: "inherit" });
}
