import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A benchmark is a folder with a `main.ts`; a new one is added here and to the scripts of package.json. */
const BENCHMARKS = ["log-metrics", "sustained", "memory", "images", "uploads", "wandb", "viewer"];

for (const name of BENCHMARKS) {
  const program = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
  process.stdout.write(`\n# ${name}\n`);
  const args = [program, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
