import { destinationConformance, GROUPS } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

describe("conforms", () => {
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["metric", "histogram"], stamps: ["step"], order: "name" },
    // W&B has one row per step, in rising order, and one value per name in it. These groups log earlier steps, or a
    // name twice in one; steps.test.ts says what becomes of those.
    groups: { stamps: false, snapshots: false, names: false },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});

describe("conforms where a name is logged once in a step", () => {
  const others = GROUPS.filter((group) => group !== "names").map((group) => [group, false] as const);
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["metric"], stamps: ["step"], order: "name" },
    groups: Object.fromEntries(others),
    deadline: 60_000,
  });
});
