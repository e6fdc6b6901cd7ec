import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const compiler = join(root, "node_modules/typescript/bin/tsc");
let folder = "";

// What a user does: install the published packages in an empty folder.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlog-packed-"));
  await run(root, "pnpm", "run", "pack", folder);
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  // Only these, for they need nothing else: the registry stays out of it.
  const tarballs = (await readdir(folder)).filter((file) => /^mlog-(core|file|journal|memory)-/.test(file));
  const paths = tarballs.map((file) => `./${file}`);
  await run(folder, "npm", "install", "--offline", "--no-audit", "--no-fund", ...paths);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Logs a run, closes it, and prints which workers ran and where the records are. */
const program = `
  const started = [];
  process.on("worker", (worker) => {
    const entry = { failed: false };
    started.push(entry);
    worker.on("error", () => { entry.failed = true; });
  });
  const state = new State({ runName: "packed" });
  const memory = new InMemoryLogger();
  const logger = new Logger(state, [new FileLogger(), memory]);
  for (let batch = 0; batch < 1000; batch++) {
    logger.logMetrics({ loss: batch });
    state.nextBatch();
  }
  logger.close().then((deliveries) => {
    console.log(JSON.stringify({ started, deliveries, latest: memory.latest("loss").value }));
  });
`;
const names = [
  ["@mlog/core", "Logger, State"],
  ["@mlog/file", "FileLogger"],
  ["@mlog/memory", "InMemoryLogger"],
];

describe.each([
  ["import", "main.mjs", names.map(([from, what]) => `import { ${what} } from "${from}";`)],
  ["require()", "main.cjs", names.map(([from, what]) => `const { ${what} } = require("${from}");`)],
])("the packed packages through %s", (_, file, imports) => {
  it("write every record, on the worker that came with them", async () => {
    await writeFile(join(folder, file), imports.join("\n") + program);
    const output = JSON.parse(await run(folder, process.execPath, file));
    expect(output).toMatchObject({ started: [{ failed: false }], latest: 999 });

    const text = await readFile(join(folder, "runs/packed/logs-rank0.jsonl"), "utf8");
    await rm(join(folder, "runs"), { recursive: true });
    const records = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const losses = records.filter((record) => record.type === "metrics").map((record) => record.metrics.loss);
    expect(losses).toEqual(Array.from({ length: 1000 }, (__, batch) => batch));
  });
});

describe("the types of the packed packages", () => {
  const consumer = `${names.map(([from, what]) => `import { ${what} } from "${from}";`).join("\n")}
    const logger: Logger = new Logger(new State(), [new FileLogger(), new InMemoryLogger()]);
    logger.logMetrics({ loss: 0.25 });
    // @ts-expect-error a step is a number
    logger.logMetrics({ loss: 0.25 }, { step: "one" });
  `;

  it.each(["nodenext", "bundler"])("suit moduleResolution %s", async (moduleResolution) => {
    const module = moduleResolution === "bundler" ? "esnext" : moduleResolution;
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2023",
      lib: ["es2023", "esnext.disposable", "dom"],
      strict: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    await writeFile(join(folder, "consumer.mts"), consumer);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["consumer.mts"] }),
    );
    expect(await run(folder, process.execPath, compiler, "-p", ".")).toBe("");
  });
});

/** Runs a program and returns what it prints; a failure shows everything it printed. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const output = promisify(execFile)(command, args, { cwd });
  return (
    await output.catch((error: { message: string; stdout: string; stderr: string }) => {
      throw new Error(`${error.message}\n${error.stdout}${error.stderr}`, { cause: error });
    })
  ).stdout;
}
