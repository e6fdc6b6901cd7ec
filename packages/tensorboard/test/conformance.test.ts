import { destinationConformance, GROUPS } from "@mlog/conformance";
import { describe, test } from "vitest";
import { createSubject } from "./fixtures/subject.ts";

describe("conforms", () => {
  destinationConformance(test, createSubject, {
    // Hyperparameters and tables become text for people, and nobody reads values back from that.
    capabilities: { keeps: ["metric", "histogram", "image"], stamps: ["step", "time"], order: "kind" },
    // TensorBoard keeps 32 bits of a number, and this group asks for all 64: see below, and tensorboard-logger.test.ts.
    groups: { verbs: false },
    module: new URL("./fixtures/subject.ts", import.meta.url),
    deadline: 60_000,
  });
});

describe("keeps what it is given, but for numbers", () => {
  const others = GROUPS.filter((group) => group !== "verbs").map((group) => [group, false] as const);
  destinationConformance(test, createSubject, {
    capabilities: { keeps: ["histogram", "image"], stamps: ["step", "time"], order: "kind" },
    groups: Object.fromEntries(others),
    deadline: 60_000,
  });
});
