import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
// Below test/, so that imports resolve as test/package.json says, to the sources of this workspace.
const cache = join(root, "test/.cache/blocks");

/** A fenced `ts` or `js` block of a Markdown file. Each one stands by itself. */
export interface CodeBlock {
  /** Where it begins, such as `README.md:12`. */
  readonly place: string;
  /** The module that holds its text. */
  readonly module: string;
}

/** Every block that a reader may copy, each written to a module of its own. */
export function documentedBlocks(): CodeBlock[] {
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  return globSync(["README.md", "packages/*/README.md", "docs/*.md"], { cwd: root })
    .toSorted()
    .flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
}

/** Writes the blocks of one Markdown text to modules. */
export function blocksOf(file: string, markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(ts|js)\b[^\n]*\n(.*?)^```$/gms)].map((match) => {
    const line = markdown.slice(0, match.index).split("\n").length;
    const module = join(cache, `${file.replaceAll(/[/.]/g, "-")}-${line}.${match[1]}`);
    mkdirSync(cache, { recursive: true });
    writeFileSync(module, match[2] ?? "");
    return { place: `${file}:${line}`, module };
  });
}

/** Runs a block as a reader would, in an empty folder. Rejects if it throws or exits with another code than 0. */
export async function runBlock(block: CodeBlock): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "mlog-docs-"));
  try {
    await promisify(execFile)("node", ["--conditions=@mlog/source", block.module], { cwd, timeout: 60_000 });
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** Type-checks the blocks together; returns what the compiler says. */
export async function checkTypes(blocks: readonly CodeBlock[]): Promise<string> {
  const project = join(cache, "tsconfig.json");
  const files = blocks.map((block) => block.module).filter((module) => module.endsWith(".ts"));
  writeFileSync(project, JSON.stringify({ extends: join(root, "tsconfig.json"), include: [], files }));
  const { stdout } = await promisify(execFile)("tsc", ["-p", project]).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout;
}
