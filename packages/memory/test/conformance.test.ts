import { destinationConformance } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

describe("a destination that conforms", () => {
  destinationConformance(test, createSubject, {
    // It has no sink that could fail or hang, and keeps everything by design.
    capabilities: { keeps: ["metric", "hyperparameter", "table", "image", "histogram", "trace"] },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});
