import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bump,
  type Manifest,
  readChangesets,
  readManifests,
  withoutMajor,
} from "../../scripts/changesets.ts";
import { run } from "../published/run.ts";

const root = join(import.meta.dirname, "../..");

/** The manifests and changelogs of the packages, and the configuration of changesets: enough to release. */
export class WorkspaceCopy {
  readonly folder: string;
  #changesets = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<WorkspaceCopy> {
    const folder = await mkdtemp(join(tmpdir(), "mlog-year-"));
    const copy = new WorkspaceCopy(folder);
    const packages = join(root, "packages");
    for (const name of await readdir(packages)) {
      for (const file of ["package.json", "CHANGELOG.md"]) {
        await mkdir(join(folder, "packages", name), { recursive: true });
        await cp(join(packages, name, file), join(folder, "packages", name, file));
      }
    }
    await mkdir(join(folder, ".changeset"));
    await cp(join(root, ".changeset/config.json"), join(folder, ".changeset/config.json"));
    await cp(join(root, "pnpm-lock.yaml"), join(folder, "pnpm-lock.yaml"));
    await writeFile(join(folder, "pnpm-workspace.yaml"), "packages:\n  - packages/*\n");
    await writeFile(join(folder, "package.json"), '{ "name": "mlog", "private": true }');
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await run(folder, "git", ["init", "--quiet", "--initial-branch=main"]);
    const author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"];
    await run(folder, "git", [...author, "commit", "--quiet", "--allow-empty", "--message", "Begin"]);
    return copy;
  }

  manifests(): ReadonlyMap<string, Manifest> {
    return readManifests(this.folder);
  }

  async changelog(name: string): Promise<string> {
    return readFile(join(this.folder, "packages", name.replace("@mlog/", ""), "CHANGELOG.md"), "utf8");
  }

  async addChangeset(name: string, bump: Bump, summary: string): Promise<void> {
    const path = join(this.folder, `.changeset/change-${this.#changesets++}.md`);
    await writeFile(path, `---\n"${name}": ${bump}\n---\n\n${summary}\n`);
  }

  /** Adds the majors that `check-changesets.ts` would ask for; returns whose. */
  async addMajors(): Promise<readonly string[]> {
    const missing = withoutMajor(this.manifests(), readChangesets(this.folder));
    for (const name of missing) await this.addChangeset(name, "major", "Needs a new major of a peer.");
    return missing;
  }

  /** `changeset version`: writes versions, ranges and changelogs. */
  async release(...flags: readonly string[]): Promise<void> {
    const program = join(root, "node_modules/@changesets/cli/bin.js");
    await run(this.folder, process.execPath, [program, "version", ...flags]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
