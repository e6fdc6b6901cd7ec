import assert from "node:assert/strict";
import { test } from "node:test";
import { Logger, State } from "@mlog/core";
import { ExampleLogger } from "../src/index.ts";
import { createSubject } from "./subject.ts";

test("what is logged arrives with its run", async () => {
  const subject = await createSubject("works");
  const logger = new Logger(new State({ runName: "first" }), subject.destination);
  logger.logMetrics({ loss: 0.25, accuracy: 0.5 });
  await logger.close();
  const records = await subject.read();
  assert.deepEqual(
    records.map((record) => [(record as { run?: string }).run, record.name, record.value]),
    [
      ["first", "loss", 0.25],
      ["first", "accuracy", 0.5],
    ],
  );
  await subject.dispose?.();
});

test("a url that is none is refused at once", () => {
  assert.throws(() => new ExampleLogger({ url: "nowhere" }), { code: "INVALID_ARGUMENT" });
});
