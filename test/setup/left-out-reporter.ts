import type { Reporter, TestModule } from "vitest/node";

/** Ends a run by naming what it could not test here, and why: a green run must not hide a gap. */
export default class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const leftOut = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    for (const test of leftOut) {
      const result = test.result();
      const reason = (result.state === "skipped" && result.note) || "no reason given";
      console.log(`Left out: ${test.module.relativeModuleId} > ${test.fullName} (${reason})`);
    }
    console.log(`SEED=${process.env["SEED"]} repeats the property tests.\n`);
  }
}
