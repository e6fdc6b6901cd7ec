import { existsSync } from "node:fs";
import { destinationConformance } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

describe.each(["default", "record", "disk"] as const)("durability %s conforms", (durability) => {
  destinationConformance(test, (sink) => createSubject(sink, { durability }), {
    capabilities: {
      keeps: ["metric", "hyperparameter", "table", "image", "histogram", "trace", "event"],
      order: "all",
      sinks: existsSync("/dev/full") ? ["fails"] : [],
    },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});
