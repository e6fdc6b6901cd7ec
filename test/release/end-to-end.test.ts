import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startS3 } from "@mlog/test-servers/s3";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { Registry } from "../published/registry.ts";
import { run } from "../published/run.ts";
import { choices } from "./choices.ts";
import { installedIn } from "./installed.ts";

const tarballs = inject("tarballs");
let registry: Registry;

beforeAll(async () => {
  registry = await Registry.start(inject("tools"));
  const folder = await registry.folder("publish");
  for (const tarball of Object.values(tarballs))
    await registry.npm(folder, "publish", tarball, "--provenance=false");
});
afterAll(() => registry?.stop());

async function runProgram(folder: string, program: string): Promise<string> {
  await writeFile(join(folder, "main.js"), program);
  return (await run(folder, process.execPath, ["main.js"])).trim();
}

describe("who installs only @mlog/core and @mlog/file", () => {
  it("logs a run, and no SDK of a cloud comes along", async () => {
    const folder = await registry.project("core-and-file");
    await registry.npm(folder, "install", "@mlog/core", "@mlog/file");
    const { packages } = await installedIn(folder);
    expect(packages.map((name) => name.replace(/@[^@]+$/, ""))).toEqual([
      "@mlog/core",
      "@mlog/file",
      "@mlog/journal",
    ]);
    const program = `
      import { Logger, State } from "@mlog/core";
      import { FileLogger, readSeries } from "@mlog/file";
      const file = new FileLogger();
      const logger = new Logger(new State({ runName: "first" }), file);
      logger.logMetrics({ loss: 0.25 });
      await logger.close();
      console.log((await readSeries(file.path)).get("loss").values.join());`;
    expect(await runProgram(folder, program)).toBe("0.25");
  });
});

describe("what a choice costs", () => {
  const rows: string[] = [];
  afterAll(() => console.log(`\n  packages     kB  choice\n${rows.join("\n")}\n`));

  it.each(choices)("$install", async ({ install, packages, kilobytes }) => {
    const folder = await registry.project(`choice-${install.join("-").replaceAll(/[@/]/g, "")}`);
    await registry.npm(folder, "install", ...install);
    const installed = await installedIn(folder);
    const size = Math.ceil(installed.bytes / 1000);
    const numbers = `${String(installed.packages.length).padStart(10)} ${String(size).padStart(6)}`;
    rows.push(`${numbers}  ${install.join(" + ")} (at most ${packages}, ${kilobytes} kB)`);
    expect(installed.packages.length).toBeLessThanOrEqual(packages);
    expect(size).toBeLessThanOrEqual(kilobytes);
  });
});

describe("who writes a destination", () => {
  it("scaffolds it, sees it pass, publishes it, and uses it beside ours", async () => {
    const home = await registry.folder("author");
    const name = "mlog-destination-shelf";
    await registry.npm(
      home,
      "init",
      "--yes",
      "mlog-destination@latest",
      name,
      "--",
      "--yes",
      "--author",
      "Ada",
    );
    const folder = join(home, name);
    await registry.npm(folder, "install");
    const tests = await registry.npm(folder, "test");
    expect(tests).toMatch(/(#|ℹ) fail 0/);
    await registry.npm(folder, "run", "build");
    await registry.npm(folder, "run", "check");
    await run(folder, join(folder, "node_modules/.bin/changeset"), ["version"]);
    expect(await readFile(join(folder, "CHANGELOG.md"), "utf8")).toContain("## 1.0.0");
    await registry.npm(folder, "publish");

    const user = await registry.project("beside");
    await registry.npm(user, "install", "@mlog/core", "@mlog/memory", name);
    const { packages } = await installedIn(user);
    expect(packages).toEqual(["@mlog/core@1.0.0", "@mlog/memory@1.0.0", `${name}@1.0.0`]);
    const program = `
      import { createServer } from "node:http";
      import { Logger, State } from "@mlog/core";
      import { InMemoryLogger } from "@mlog/memory";
      import { ShelfLogger } from "${name}";
      const bodies = [];
      const server = createServer(async (request, response) => {
        bodies.push((await request.setEncoding("utf8").toArray()).join(""));
        response.end();
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      const memory = new InMemoryLogger();
      const shelf = new ShelfLogger({ url: "http://127.0.0.1:" + server.address().port });
      const logger = new Logger(new State(), [memory, shelf]);
      logger.logMetrics({ loss: 0.25 });
      await logger.close();
      server.closeAllConnections();
      server.close();
      console.log(memory.latest("loss").value, JSON.parse(bodies.join("")).value);`;
    expect(await runProgram(user, program)).toBe("0.25 0.25");
  });
});

describe("who pins versions", () => {
  beforeAll(async () => {
    for (const name of ["@mlog/core", "@mlog/file", "@mlog/memory"])
      await registry.release(tarballs[name]!, "1.1.0");
  });

  it("uploads by an older @mlog/s3 with a newer core, of which there is one", async () => {
    const folder = await registry.project("older-s3");
    await registry.npm(folder, "install", "--save-exact", "@mlog/core@1.1.0", "@mlog/s3@1.0.0");
    const { packages } = await installedIn(folder);
    expect(packages.filter((name) => name.startsWith("@mlog/"))).toEqual([
      "@mlog/core@1.1.0",
      "@mlog/object-store@1.0.0",
      "@mlog/s3@1.0.0",
    ]);
    await registry.npm(folder, "ls");
    const server = await startS3();
    onTestFinished(() => server.close());
    const { endpoint, region, credentials } = server;
    const options = { endpoint, region, credentials, conditionalWrites: "always", showProgress: false };
    await writeFile(join(folder, "model.txt"), "weights");
    const program = `
      import { Logger, State } from "@mlog/core";
      import { S3Logger } from "@mlog/s3";
      const s3 = new S3Logger("s3://mlog/older", ${JSON.stringify(options)});
      const logger = new Logger(new State({ runName: "first" }), s3);
      const { uploaded } = logger.uploadFile("model.txt", "model.txt");
      await uploaded;
      await logger.close();
      console.log(s3.delivery().dropped);`;
    expect(await runProgram(folder, program)).toBe("0");
    expect([...server.buckets.get("mlog")!.objects.keys()]).toContain("older/model.txt");
  });

  it("upgrades one destination, and nothing else moves", async () => {
    const folder = await registry.project("one-upgrade");
    await registry.npm(folder, "install", "@mlog/core@1.0.0", "@mlog/file@1.0.0", "@mlog/memory@1.0.0");
    const before = (await installedIn(folder)).packages;
    await registry.npm(folder, "install", "@mlog/file@1.1.0");
    const after = (await installedIn(folder)).packages;
    expect(after).toEqual(before.map((name) => name.replace("@mlog/file@1.0.0", "@mlog/file@1.1.0")));
  });
});
