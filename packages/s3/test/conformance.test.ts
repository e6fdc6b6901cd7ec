import { destinationConformance } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

// What it does when the store fails or hangs is the engine's: @mlog/object-store has those tests, and faults.test.ts.
describe("conforms", () => {
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["file"] },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});
