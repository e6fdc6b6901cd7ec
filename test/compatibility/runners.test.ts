import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { run } from "../published/run.ts";
import { installed } from "../published/unpack.ts";

const subject = `
  import { InMemoryLogger } from "@mlog/memory";
  export function createSubject() {
    const destination = new InMemoryLogger();
    const read = () => destination.metricNames.flatMap((name) =>
      Array.from(destination.getTimeseries(name), ({ value, step, time }) => ({ kind: "metric", name, value, step, time })));
    return { destination, read };
  }`;
const use = `
  import { destinationConformance } from "@mlog/conformance";
  import { createSubject } from "./subject.mjs";
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["metric"], stamps: ["step", "time"] },
    module: new URL("./subject.mjs", import.meta.url),
    deadline: 60_000,
  });`;

it.each([
  ["node:test", `import { test } from "node:test";`, ["--test", "conforms.test.mjs"], /(#|ℹ) fail 0/],
  [
    "jest",
    `import { jest } from "@jest/globals"; jest.setTimeout(120_000);`,
    [
      "--experimental-vm-modules",
      join(inject("tools"), "jest/bin/jest.js"),
      "--no-cache",
      "--watchman=false",
      "--json",
    ],
    /"success":true/,
  ],
])("the conformance tests run under %s", async (_, imports, args, expected) => {
  const folder = await installed(["@mlog/core", "@mlog/memory", "@mlog/conformance"]);
  await writeFile(join(folder, "subject.mjs"), subject);
  await writeFile(join(folder, "conforms.test.mjs"), imports + use);
  const config = { testMatch: ["**/*.test.mjs"], moduleFileExtensions: ["mjs", "js"], transform: {} };
  await writeFile(join(folder, "jest.config.json"), JSON.stringify(config));
  // A test that fails makes the runner fail too.
  expect(await run(folder, process.execPath, args)).toMatch(expected);
});
