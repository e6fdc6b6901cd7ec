import { execFile } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** A fenced `ts` or `js` block of a Markdown file. Each one stands by itself. */
export interface CodeBlock {
  /** Where it begins, such as `README.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

/** Every block that a reader may copy. */
export function documentedBlocks(): CodeBlock[] {
  return globSync(["README.md", "packages/*/README.md", "docs/*.md"], { cwd: root })
    .toSorted()
    .flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
}

/** The blocks of one Markdown text. */
export function blocksOf(file: string, markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(ts|js)\b[^\n]*\n(.*?)^```$/gms)].map((match) => ({
    place: `${file}:${markdown.slice(0, match.index).split("\n").length}`,
    language: match[1] ?? "",
    code: match[2] ?? "",
  }));
}

/** Where blocks become modules: below test/, so that imports resolve as test/package.json says. */
export class Workbench implements Disposable {
  readonly #folder: string;

  constructor() {
    mkdirSync(join(root, "test/.cache"), { recursive: true });
    this.#folder = mkdtempSync(join(root, "test/.cache/blocks-"));
  }

  /**
   * Runs a block as a reader would, in an empty folder, with `env` besides the environment of this process. Rejects if
   * it throws or exits with another code than 0.
   */
  async run(block: CodeBlock, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const cwd = await mkdtemp(join(tmpdir(), "mlog-docs-"));
    try {
      const args = ["--conditions=@mlog/source", this.#write(block)];
      await promisify(execFile)("node", args, { cwd, timeout: 60_000, env: { ...process.env, ...env } });
    } finally {
      await rm(cwd, { recursive: true });
    }
  }

  /** Type-checks the TypeScript among the blocks; returns what the compiler says. */
  async checkTypes(blocks: readonly CodeBlock[]): Promise<string> {
    const project = join(this.#folder, "tsconfig.json");
    const files = blocks.filter((block) => block.language === "ts").map((block) => this.#write(block));
    // A reader does not mind a value that is only shown.
    const compilerOptions = { noUnusedLocals: false, isolatedDeclarations: false, declaration: false };
    writeFileSync(
      project,
      JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: [], files }),
    );
    const compiler = promisify(execFile)("tsc", ["-p", project]);
    const { stdout } = await compiler.catch((error: unknown) => error as { stdout: string });
    return stdout;
  }

  #write({ place, language, code }: CodeBlock): string {
    const module = join(this.#folder, `${place.replaceAll(/\W/g, "-")}.${language}`);
    writeFileSync(module, code);
    return module;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
