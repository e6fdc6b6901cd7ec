import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../published/run.ts";

const root = join(import.meta.dirname, "../..");
const FILES = [
  "packages",
  "test-servers",
  "test/setup",
  "package.json",
  "tsconfig.base.json",
  "vitest.config.ts",
];
const report = "test/.cache/report.json";

/** The packages of the workspace, but with a core that was published: their tests run as everyday, and with that one. */
export class WorkspaceWithCore {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `core`: the folder of an installed `@mlog/core`. */
  static async make(core: string): Promise<WorkspaceWithCore> {
    const folder = await mkdtemp(join(tmpdir(), "mlog-workspace-"));
    const ours = join(root, "packages/core");
    const isNeeded = (path: string): boolean => path !== ours && !/\/(dist|\.turbo|\.types)$/.test(path);
    // Links from one package to another are relative, and stay so.
    const options = { recursive: true, verbatimSymlinks: true, filter: isNeeded };
    for (const file of FILES) await cp(join(root, file), join(folder, file), options);
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await cp(core, join(folder, "packages/core"), { recursive: true });
    // Those of other packages refer to it.
    await cp(join(ours, "tsconfig.json"), join(folder, "packages/core/tsconfig.json"));
    return new WorkspaceWithCore(folder);
  }

  /** Runs files of tests, and returns how many passed; rejects, with all that was printed, if a test fails. */
  async test(...files: readonly string[]): Promise<number> {
    const vitest = join(this.folder, "node_modules/vitest/vitest.mjs");
    await run(this.folder, process.execPath, [vitest, "run", ...files]);
    const { testResults } = JSON.parse(await readFile(join(this.folder, report), "utf8")) as {
      testResults: readonly { status: string }[];
    };
    return testResults.filter(({ status }) => status === "passed").length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
