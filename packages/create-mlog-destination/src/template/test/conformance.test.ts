import { test } from "node:test";
import { destinationConformance } from "@mlog/conformance";
import { createSubject } from "./subject.ts";

destinationConformance(test, createSubject, {
  capabilities: {
    keeps: ["metric", "hyperparameter", "table", "histogram", "trace"],
    order: "all",
    sinks: ["fails", "hangs"],
  },
  module: new URL("./subject.ts", import.meta.url),
});
