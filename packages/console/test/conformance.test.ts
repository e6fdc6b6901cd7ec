import { destinationConformance } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createBarSubject, createSubject } from "./fixtures/subject.ts";

describe("ConsoleLogger conforms", () => {
  destinationConformance(test, createSubject, {
    capabilities: { keeps: [], sinks: ["fails", "hangs"] },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});

describe("ProgressBarLogger conforms", () => {
  destinationConformance(test, createBarSubject, {
    capabilities: { keeps: [], sinks: ["fails", "hangs"] },
    module: new URL("./fixtures/bar-subject.ts", import.meta.url),
    deadline: 60_000,
  });
});
