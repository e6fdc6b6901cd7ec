import type { Reporter, TestModule, Vitest } from "vitest/node";

/** Ends a run in which nothing comes about any more, and names its files: a test that never yields outlasts its own timeout. */
export default class StuckReporter implements Reporter {
  readonly #running = new Set<string>();
  #limit = 0;
  #timer: NodeJS.Timeout | undefined;

  onInit(vitest: Vitest): void {
    this.#limit = 2 * Math.max(vitest.config.testTimeout, vitest.config.hookTimeout);
  }

  onTestModuleQueued(module: TestModule): void {
    this.#running.add(module.relativeModuleId);
    this.#goOn();
  }

  onTestCaseResult(): void {
    this.#goOn();
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.relativeModuleId);
    this.#goOn();
  }

  onTestRunEnd(): void {
    clearTimeout(this.#timer);
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      console.error(`Stuck for ${this.#limit} ms: ${[...this.#running].join(", ")}`);
      process.exit(1);
    }, this.#limit);
  }
}
