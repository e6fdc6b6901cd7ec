/** `node scripts/check-changesets.ts [BASE]`: what changed since BASE has changesets, and majors bring those they must. */
import { execFileSync } from "node:child_process";
import { readChangesets, readManifests, withoutChangeset, withoutMajor } from "./changesets.ts";

const [base] = process.argv.slice(2);
const bumps = readChangesets(".");
const problems = withoutMajor(readManifests("."), bumps).map(
  (name) => `${name} needs a major changeset too: a peer of it has a major`,
);
if (base !== undefined) {
  const changed = execFileSync("git", ["diff", "--name-only", `${base}...HEAD`], { encoding: "utf8" });
  for (const folder of withoutChangeset(changed.trim().split("\n"), bumps)) {
    problems.push(`packages/${folder}/src changed: say what it means for a user with \`pnpm changeset\``);
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
