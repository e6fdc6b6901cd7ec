import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { run } from "../published/run.ts";
import { installed } from "../published/unpack.ts";

const tools = inject("tools");
const nodes = [
  ["22", join(tools, "node-22/bin/node")],
  ["24", process.execPath],
  ["26", join(tools, "node-26/bin/node")],
] as const;

const names = [
  ["@mlog/core", "Logger, State"],
  ["@mlog/memory", "InMemoryLogger"],
  ["@mlog/file", "FileLogger"],
] as const;
const imports = {
  "main.mjs": names.map(([from, what]) => `import { ${what} } from "${from}";`).join("\n"),
  "main.cjs": names.map(([from, what]) => `const { ${what} } = require("${from}");`).join("\n"),
};

/** Logs to memory and to a file from each kind of module. */
const program = `
  const state = new State({ runName: "runtimes" });
  const memory = new InMemoryLogger();
  const logger = new Logger(state, [new FileLogger(), memory]);
  for (let batch = 0; batch < 100; batch++) {
    logger.logMetrics({ loss: batch });
    state.nextBatch();
  }
  logger.logTable(["digit"], [[7]]);
  logger.close().then(([file]) => console.log(memory.latest("loss").value, file.pending, file.dropped));
`;

/** Core and memory alone: what runs in every runtime. */
const portable = `
  import { image, isMlogError, Logger, State } from "@mlog/core";
  import { InMemoryLogger } from "@mlog/memory";
  const state = new State({ runName: "portable", maxDuration: "2ep" });
  const memory = new InMemoryLogger();
  const logger = new Logger(state, memory);
  for (let batch = 0; batch < 100; batch++) {
    logger.logMetrics({ loss: batch, flag: true });
    state.nextBatch({ samples: 4 });
  }
  logger.logImages({ data: new Uint8Array(12), shape: [3, 2, 2] });
  logger.logHistogram("weights", Float32Array.of(1, 2, 3));
  logger.logTable(["picture"], [[image({ data: new Uint8Array(4), shape: [2, 2] })]]);
  let code = "none";
  try { logger.logMetrics({ loss: "text" }); } catch (error) { if (isMlogError(error)) code = error.code; }
  await logger.close();
  console.log(memory.getTimeseries("loss").length, memory.images.get("Images").images.length, code);
`;

describe("the packed packages", () => {
  let folder: string;
  const removals: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const packages = ["@mlog/core", "@mlog/memory", "@mlog/journal", "@mlog/file"];
    folder = await installed(packages, (remove) => removals.push(remove));
    await writeFile(join(folder, "portable.mjs"), portable);
    for (const [file, lines] of Object.entries(imports)) await writeFile(join(folder, file), lines + program);
  });
  afterAll(() => Promise.all(removals.map((remove) => remove())));

  describe.each(nodes)("under Node %s", (version, node) => {
    it("is that version", async () => {
      expect(await run(folder, node, ["--version"])).toMatch(`v${version}.`);
    });

    it.each(Object.keys(imports))("run from %s", async (file) => {
      expect((await run(folder, node, [file])).trim()).toBe("99 0 0");
      const log = await readFile(join(folder, "runs/runtimes/logs-rank0.jsonl"), "utf8");
      await rm(join(folder, "runs"), { recursive: true });
      expect(log.match(/"type":"metrics"/g)).toHaveLength(100);
    });
  });

  it.each([
    ["Deno", "deno", ["run", "--allow-env", "--allow-read", "--no-prompt", "portable.mjs"]],
    ["Bun", "bun", ["portable.mjs"]],
  ])("core and memory run under %s", async (_, command, args) => {
    expect((await run(folder, join(tools, ".bin", command), args)).trim()).toBe("100 1 INVALID_METRIC");
  });
});
