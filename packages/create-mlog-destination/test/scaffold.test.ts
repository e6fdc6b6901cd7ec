import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scaffold } from "../src/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlog-create-"));
});
afterEach(() => rm(folder, { recursive: true }));

const answers = {
  packageName: "mlog-destination-click-house",
  description: "Sends runs away.",
  author: "Ada",
};

async function textOf(path: string): Promise<string> {
  return readFile(join(folder, path), "utf8");
}

describe("a new package", () => {
  it("has code, tests, a README, a changeset and a workflow under its own names", async () => {
    const files = await scaffold({ folder, ...answers });
    expect(files).toEqual([
      ".changeset/config.json",
      ".changeset/first-release.md",
      ".github/workflows/ci.yml",
      ".gitignore",
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "package.json",
      "src/click-house-logger.ts",
      "src/index.ts",
      "src/line-sender.ts",
      "test/click-house-logger.test.ts",
      "test/conformance.test.ts",
      "test/subject.ts",
      "tsconfig.build.json",
      "tsconfig.json",
    ]);
    expect(await textOf("src/index.ts")).toContain(
      '{ ClickHouseLogger, type ClickHouseLoggerOptions } from "./click-house-logger.ts"',
    );
    expect(await textOf("src/click-house-logger.ts")).toContain('readonly name = "click-house";');
    expect(await textOf("README.md")).toContain("Sends runs away.");
    expect(await textOf("LICENSE")).toMatch(/Copyright \(c\) \d{4} Ada/);
    expect(JSON.parse(await textOf("package.json"))).toMatchObject({
      name: "mlog-destination-click-house",
      peerDependencies: { "@mlog/core": "^1.0.0" },
    });
    for (const path of files) expect(await textOf(path)).not.toMatch(/example|Example/);
  });

  it.each([
    ["@team/mlog-clickhouse", "clickhouse", "ClickhouseLogger"],
    ["my.store", "my-store", "MyStoreLogger"],
    ["mlog-destination-2d", "to-2d", "To2dLogger"],
  ])("%s has the destination %s and the class %s", async (packageName, destination, className) => {
    await scaffold({ folder, ...answers, packageName });
    const code = await textOf(`src/${destination}-logger.ts`);
    expect(code).toContain(`class ${className} `);
    expect(code).toContain(`name = "${destination}"`);
  });

  it.each(["", "Upper", "a b", "../up", "@mlog/mine", "@/x", "x".repeat(215)])(
    "is not called %j",
    async (packageName) => {
      await expect(scaffold({ folder, ...answers, packageName })).rejects.toMatchObject({
        code: "INVALID_NAME",
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("leaves a folder with files alone", async () => {
    await writeFile(join(folder, "mine.txt"), "mine");
    await expect(scaffold({ folder, ...answers })).rejects.toMatchObject({ code: "FOLDER_NOT_EMPTY" });
    expect(await readdir(folder)).toEqual(["mine.txt"]);
  });
});

describe("the command", () => {
  const run = (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
    const cli = join(import.meta.dirname, "../src/cli.ts");
    return promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder });
  };

  it("takes its answers from flags, and the name from the folder", async () => {
    const { stdout } = await run("mlog-destination-flags", "--author", "Ada", "--yes");
    expect(stdout).toContain("mlog-destination-flags: 16 files");
    expect(stdout).toContain("cd mlog-destination-flags");
    expect(JSON.parse(await textOf("mlog-destination-flags/package.json"))).toMatchObject({ author: "Ada" });
  });

  it("asks nothing where there is no terminal", async () => {
    await run();
    expect(await readdir(folder)).toEqual(["mlog-destination-example"]);
  });

  it.each([
    [["--nonsense"], "npm create mlog-destination"],
    [["a", "--name", "Not A Name"], "is no package name"],
  ])("says what is wrong with %j, and exits with 1", async (args, message) => {
    const stderr = expect.stringContaining(message) as string;
    await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr });
  });
});
