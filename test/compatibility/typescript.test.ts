import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { run } from "../published/run.ts";
import { installed } from "../published/unpack.ts";

const root = join(import.meta.dirname, "../..");
const tools = inject("tools");
const compilers = [
  ...["5.6", "5.7", "5.8", "5.9", "6.0"].map(
    (version) => [version, join(tools, `typescript-${version}/bin/tsc`)] as const,
  ),
  ["7.0", join(root, "node_modules/typescript/bin/tsc")] as const,
];

const consumer = `
  import { type LoggerDestination, type Metrics, Logger, State } from "@mlog/core";
  import { destinationConformance, type Subject } from "@mlog/conformance";
  import { FileLogger, readRun } from "@mlog/file";
  import { openJournal } from "@mlog/journal";
  import { InMemoryLogger } from "@mlog/memory";

  class Own implements LoggerDestination {
    readonly name = "own";
    readonly specVersion = 1;
    logMetrics(metrics: Metrics): void {
      for (const [name, value] of metrics) console.log(name.length + value);
    }
  }
  const logger: Logger = new Logger(new State(), [new FileLogger(), new InMemoryLogger(), new Own()]);
  logger.logMetrics({ loss: 0.25 });
  // @ts-expect-error a step is a number
  logger.logMetrics({ loss: 0.25 }, { step: "one" });
  export const subject = (): Subject => ({ destination: new Own(), read: () => [] });
  export { destinationConformance, openJournal, readRun };
`;

describe("the types of the packed packages", () => {
  let folder: string;
  const removals: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const names = ["@mlog/core", "@mlog/memory", "@mlog/journal", "@mlog/file", "@mlog/conformance"];
    folder = await installed(names, (remove) => removals.push(remove));
    await symlink(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
    await writeFile(join(folder, "esm.mts"), consumer);
    await writeFile(join(folder, "commonjs.cts"), consumer);
  });
  afterAll(() => Promise.all(removals.map((remove) => remove())));

  const check = (compiler: string, file: string, resolution: string): Promise<string> => {
    const module = resolution === "bundler" ? "esnext" : resolution;
    return run(folder, process.execPath, [
      compiler,
      ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"],
      ...["--lib", "es2023,esnext.disposable,dom", "--types", "node"],
      ...["--module", module, "--moduleResolution", resolution],
      file,
    ]);
  };

  describe.each(compilers)("suit TypeScript %s", (_, compiler) => {
    it.each(["node16", "nodenext", "bundler"])(
      "with moduleResolution %s, from an ES module",
      async (resolution) => {
        expect(await check(compiler, "esm.mts", resolution)).toBe("");
      },
    );
  });

  // Before 5.8, nodenext does not know that require() takes ES modules.
  it.each(compilers.filter(([version]) => Number(version) >= 5.8))(
    "suit TypeScript %s with moduleResolution nodenext, from CommonJS",
    async (_, compiler) => {
      expect(await check(compiler, "commonjs.cts", "nodenext")).toBe("");
    },
  );
});
