import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { setVersion } from "../published/registry.ts";
import { run } from "../published/run.ts";
import { installed, unpack } from "../published/unpack.ts";

it("an application may have two copies of core: what passes between them is told by its shape", async () => {
  const folder = await installed(["@mlog/core", "@mlog/memory"]);
  const copy = join(folder, "node_modules/@mlog/memory/node_modules/@mlog/core");
  await unpack("@mlog/core", copy);
  await setVersion(copy, "1.9.9");
  const program = `
    import { createRequire } from "node:module";
    import { pathToFileURL } from "node:url";
    import * as mine from "@mlog/core";
    import { InMemoryLogger } from "@mlog/memory";
    const path = createRequire(import.meta.resolve("@mlog/memory")).resolve("@mlog/core");
    const theirs = await import(pathToFileURL(path));

    const memory = new InMemoryLogger();
    const state = new theirs.State({ runName: "two", maxDuration: mine.Time.parse("3ep") });
    const logger = new mine.Logger(state, memory);
    logger.logMetrics({ loss: 0.25 });
    logger.logTable(["picture"], [[theirs.image({ data: new Uint8Array(4), shape: [2, 2] })]]);
    state.nextBatch();
    const resumed = new mine.State({ runName: "two", timestamp: state.timestamp });
    let error;
    try { memory.latest("nothing"); } catch (thrown) { error = thrown; }
    await logger.close();
    console.log(JSON.stringify({
      areTwo: mine.Logger !== theirs.Logger,
      latest: memory.latest("loss").value,
      batch: resumed.timestamp.batch,
      maxDuration: String(state.maxDuration),
      isInstance: error instanceof mine.MlogRangeError,
      isKnown: mine.isMlogError(error, "UNKNOWN_METRIC"),
      isPicture: memory.tables.get("Table").rows[0][0].kind,
    }));`;
  await writeFile(join(folder, "main.mjs"), program);
  expect(JSON.parse(await run(folder, process.execPath, ["main.mjs"]))).toEqual({
    areTwo: true,
    latest: 0.25,
    batch: 1,
    maxDuration: "3ep",
    isInstance: false,
    isKnown: true,
    isPicture: "image",
  });
});
