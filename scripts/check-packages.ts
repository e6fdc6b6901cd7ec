/** Holds every package to the same file list, to its floor, and to files short enough to read at once. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/**
 * A package imports only packages of lower floors. One that runs in browsers too imports nothing of Node's
 * (that it uses no global of Node's either is checked by the compiler: its tsconfig.json has no such types).
 */
const layout: Record<string, { floor: number; runs: "everywhere" | "node" }> = {
  core: { floor: 1, runs: "everywhere" },
  memory: { floor: 2, runs: "everywhere" },
  journal: { floor: 2, runs: "node" },
  image: { floor: 2, runs: "node" },
  conformance: { floor: 2, runs: "node" },
  console: { floor: 2, runs: "node" },
  file: { floor: 3, runs: "node" },
  "object-store": { floor: 3, runs: "node" },
  wandb: { floor: 3, runs: "node" },
  tensorboard: { floor: 3, runs: "node" },
  s3: { floor: 4, runs: "node" },
  azure: { floor: 4, runs: "node" },
  viewer: { floor: 4, runs: "node" },
  cli: { floor: 5, runs: "node" },
  "create-mlog-destination": { floor: 3, runs: "node" },
};
const entries = ["CHANGELOG.md", "LICENSE", "README.md", "package.json", "src", "test", "tsconfig.json"];
const longFile = 300;
const tooLongFile = 320;

interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const problems: string[] = [];

for (const [name, files] of filesByPackage()) {
  const place = layout[name];
  if (place === undefined) {
    problems.push(`packages/${name} has no floor: give it one in scripts/check-packages.ts`);
    continue;
  }
  checkEntries(name, files);
  checkManifest(name, place.floor);
  for (const file of files.filter((path) => path.startsWith("src/") && /\.[cm]?ts$/.test(path))) {
    const path = `packages/${name}/${file}`;
    const source = readFileSync(path, "utf8");
    checkLength(path, source);
    for (const specifier of importsOf(source)) checkImport(path, specifier, place);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

/** What git tracks or would track, so that dist, node_modules and the like do not count. */
function filesByPackage(): Map<string, string[]> {
  const listing = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "packages"],
    {
      encoding: "utf8",
    },
  );
  const packages = new Map<string, string[]>();
  for (const path of listing
    .trim()
    .split("\n")
    .filter((file) => existsSync(file))) {
    const [, name = "", ...rest] = path.split("/");
    packages.set(name, [...(packages.get(name) ?? []), rest.join("/")]);
  }
  return packages;
}

function checkEntries(name: string, files: readonly string[]): void {
  const found = new Set(files.map((file) => file.split("/")[0] ?? ""));
  const missing = entries.filter((entry) => !found.has(entry));
  const extra = [...found].filter((entry) => !entries.includes(entry));
  if (missing.length > 0) problems.push(`packages/${name} lacks ${missing.join(", ")}`);
  if (extra.length > 0) problems.push(`packages/${name} may not hold ${extra.join(", ")}`);
}

function checkManifest(name: string, floor: number): void {
  const path = `packages/${name}/package.json`;
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  const required = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const all = Object.keys({ ...required, ...manifest.peerDependencies });
  if (name === "core" && all.length > 0)
    problems.push(`${path}: core depends on nothing, not on ${all.join(", ")}`);
  if ("@mlog/core" in required)
    problems.push(`${path}: @mlog/core must be a peer dependency, else there are two cores`);
  for (const dependency of all) checkFloor(path, dependency, floor);
}

function checkLength(path: string, source: string): void {
  const lines = source.split("\n").length - 1;
  if (lines > tooLongFile) problems.push(`${path} has ${lines} lines: split it (at most ${tooLongFile})`);
  else if (lines > longFile)
    console.warn(`${path} has ${lines} lines: it is getting long (${longFile} is the aim)`);
}

function* importsOf(source: string): Iterable<string> {
  const code = source.replace(/^\s*(\*|\/\*|\/\/).*$/gm, "");
  for (const match of code.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)) yield match[1] ?? "";
}

function checkImport(path: string, specifier: string, place: { floor: number; runs: string }): void {
  if (place.runs === "everywhere" && specifier.startsWith("node:")) {
    problems.push(`${path} imports ${specifier}, but this package runs in browsers too`);
  }
  checkFloor(path, specifier, place.floor);
}

function checkFloor(path: string, specifier: string, floor: number): void {
  const name = /^@mlog\/([^/]+)/.exec(specifier)?.[1];
  if (name !== undefined && (layout[name]?.floor ?? Infinity) >= floor) {
    problems.push(`${path} uses ${specifier}, which is not on a lower floor`);
  }
}
