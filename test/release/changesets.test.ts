import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readChangesets, withoutChangeset, withoutMajor } from "../../scripts/changesets.ts";

describe("the check of changesets", () => {
  it("reads what they ask for", async () => {
    const root = await mkdtemp(join(tmpdir(), "mlog-changesets-"));
    await mkdir(join(root, ".changeset"));
    await writeFile(
      join(root, ".changeset/one.md"),
      '---\n"@mlog/core": minor\n"@mlog/file": patch\n---\n\nText: patch\n',
    );
    await writeFile(
      join(root, ".changeset/two.md"),
      "---\n'@mlog/core': patch\ncreate-mlog-destination: major\n---\n\nMore.\n",
    );
    await writeFile(join(root, ".changeset/README.md"), '---\n"@mlog/no": patch\n---\n');
    expect(readChangesets(root)).toEqual(
      new Map([
        ["@mlog/core", new Set(["minor", "patch"])],
        ["@mlog/file", new Set(["patch"])],
        ["create-mlog-destination", new Set(["major"])],
      ]),
    );
    await rm(root, { recursive: true });
  });

  it("demands one for a package whose code changed, and for nothing else", () => {
    const changed = [
      "packages/core/src/logger.ts",
      "packages/core/src/state.ts",
      "packages/file/test/a.test.ts",
      "packages/memory/README.md",
      "packages/create-mlog-destination/src/cli.ts",
      "docs/versions.md",
    ];
    expect(withoutChangeset(changed, new Map())).toEqual(["core", "create-mlog-destination"]);
    expect(withoutChangeset(changed, new Map([["@mlog/core", 1]]))).toEqual(["create-mlog-destination"]);
    expect(withoutChangeset(changed, new Map([["create-mlog-destination", 1]]))).toEqual(["core"]);
  });

  it("demands a major of whoever has a peer with one", () => {
    const manifest = (name: string, peers: readonly string[]) =>
      [
        name,
        {
          name,
          version: "1.0.0",
          peerDependencies: Object.fromEntries(peers.map((peer) => [peer, "^1.0.0"])),
        },
      ] as const;
    const manifests = new Map([
      manifest("viewer", ["file"]),
      manifest("file", ["core"]),
      manifest("core", []),
    ]);
    expect(withoutMajor(manifests, new Map([["core", new Set(["major"] as const)]]))).toEqual([
      "file",
      "viewer",
    ]);
    expect(withoutMajor(manifests, new Map([["core", new Set(["minor"] as const)]]))).toEqual([]);
    const all = new Map(["core", "file", "viewer"].map((name) => [name, new Set(["major"] as const)]));
    expect(withoutMajor(manifests, all)).toEqual([]);
  });
});
