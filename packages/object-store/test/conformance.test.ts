import { destinationConformance } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

describe("conforms", () => {
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["file"], sinks: ["fails", "hangs"] },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});
