import fc from "fast-check";
import { expect, it } from "vitest";
import type { Bump, Manifest } from "../../scripts/changesets.ts";
import { WorkspaceCopy } from "./workspace-copy.ts";

const STRENGTHS: readonly Bump[] = ["patch", "minor", "major"];

function bumped(version: string, bump: Bump): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (bump === "major") return `${major + 1}.0.0`;
  return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function strongest(bumps: readonly Bump[]): Bump | undefined {
  return STRENGTHS.findLast((each) => bumps.includes(each));
}

/** Whether `^range` admits a version of these simple kinds. */
function admits(range: string, version: string): boolean {
  const parts = (text: string): number[] => text.replace("^", "").split(".").map(Number);
  const [low, is] = [parts(range), parts(version)];
  return low[0] === is[0] && (is[1]! > low[1]! || (is[1] === low[1] && is[2]! >= low[2]!));
}

/** What the page "Versions" promises of one release. */
function checkRelease(
  before: ReadonlyMap<string, Manifest>,
  after: ReadonlyMap<string, Manifest>,
  changes: ReadonlyMap<string, readonly Bump[]>,
): void {
  const coreIsMajor = changes.get("@mlog/core")?.includes("major") === true;
  for (const [name, { version, peerDependencies = {} }] of before) {
    const next = after.get(name)!;
    const own = strongest(changes.get(name) ?? []);
    const range = peerDependencies["@mlog/core"];
    const dependencies = Object.keys(before.get(name)!.dependencies ?? {}).filter((each) => before.has(each));
    const needsPatch = dependencies.some((each) => changes.get(each)?.includes("major"));
    const bump = own ?? (needsPatch ? "patch" : undefined);
    expect(next.version).toBe(bump === undefined ? version : bumped(version, bump));
    if (range === undefined) continue;
    const nextRange = next.peerDependencies!["@mlog/core"]!;
    if (!coreIsMajor) expect(nextRange).toBe(range);
    expect(admits(nextRange, after.get("@mlog/core")!.version), `${name}: ${nextRange} admits core`).toBe(
      true,
    );
  }
}

it("a year of changes in random order leaves versions, ranges and changelogs as promised", async () => {
  const packages = [...(await namesOfPackages())];
  const change = fc.record({
    name: fc.constantFrom(...packages, "@mlog/core", "@mlog/core"),
    bump: fc.constantFrom<Bump>("patch", "patch", "patch", "minor", "minor", "minor", "minor", "major"),
    isLastOfRelease: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
  });
  const year = fc.array(change, { minLength: 30, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(year, async (changes) => {
      await using workspace = await WorkspaceCopy.make();
      const summaries: [name: string, summary: string][] = [];
      let pending = new Map<string, Bump[]>();
      for (const [index, { name, bump, isLastOfRelease }] of changes.entries()) {
        const summary = `Change ${index} of ${name}.`;
        await workspace.addChangeset(name, bump, summary);
        summaries.push([name, summary]);
        pending.set(name, [...(pending.get(name) ?? []), bump]);
        if (!isLastOfRelease && index < changes.length - 1) continue;
        for (const missing of await workspace.addMajors()) pending.set(missing, ["major"]);
        const before = workspace.manifests();
        await workspace.release();
        checkRelease(before, workspace.manifests(), pending);
        pending = new Map();
      }
      for (const [name, summary] of summaries) {
        const changelog = await workspace.changelog(name);
        expect(changelog.split(summary), `${summary} in its changelog, once`).toHaveLength(2);
      }
      for (const [name, { version }] of workspace.manifests()) {
        expect(await workspace.changelog(name)).toContain(`## ${version}`);
      }
    }),
    // One run takes about ten releases by the real program.
    { numRuns: 3, endOnFailure: true },
  );
});

it("a minor of core releases nothing else and changes no range", async () => {
  await using workspace = await WorkspaceCopy.make();
  const before = workspace.manifests();
  await workspace.addChangeset("@mlog/core", "minor", "More.");
  await workspace.release();
  const after = workspace.manifests();
  const core = before.get("@mlog/core")!;
  expect(after.get("@mlog/core")!.version).toBe(bumped(core.version, "minor"));
  for (const [name, manifest] of before) if (name !== core.name) expect(after.get(name)).toEqual(manifest);
});

it("a snapshot holds what changed, and destinations in it want its core", async () => {
  await using workspace = await WorkspaceCopy.make();
  const before = workspace.manifests();
  await workspace.addChangeset("@mlog/core", "minor", "More.");
  await workspace.addChangeset("@mlog/file", "patch", "Repaired.");
  await workspace.release("--snapshot", "canary");
  const after = workspace.manifests();
  expect(after.get("@mlog/core")!.version).toMatch(/^0\.0\.0-canary-[0-9a-f]{40}-\d{14}$/);
  expect(after.get("@mlog/file")!.peerDependencies!["@mlog/core"]).toBe(after.get("@mlog/core")!.version);
  for (const name of ["@mlog/journal", "@mlog/memory"]) {
    expect(after.get(name)!.version).toBe(before.get(name)!.version);
  }
});

async function namesOfPackages(): Promise<Iterable<string>> {
  await using workspace = await WorkspaceCopy.make();
  return workspace.manifests().keys();
}
