import { type Bench, openBench } from "./bench.ts";
import { type ConformanceOptions, readSettings } from "./options.ts";
import { rules } from "./rules/index.ts";
import type { Trial } from "./rule.ts";
import type { SubjectFactory } from "./subject.ts";

/** How a runner takes a test: `test` or `it` of vitest, `node:test` or jest. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

/**
 * Registers one test per rule that a destination must obey, each with a destination of its own.
 *
 * @param test - what registers a test, such as `test` of `node:test`
 * @param factory - makes the destination and reads what it holds
 */
export function destinationConformance(
  test: RegisterTest,
  factory: SubjectFactory,
  options: ConformanceOptions,
): void {
  const settings = readSettings(options);
  for (const rule of rules) {
    if (options.groups?.[rule.group] === false || rule.appliesTo?.(settings) === false) continue;
    test(`${rule.group}: ${rule.name}`, async () => {
      const benches: Bench[] = [];
      const trial: Trial = {
        settings,
        async open(benchOptions) {
          const bench = await openBench(factory, settings, benchOptions);
          benches.push(bench);
          return bench;
        },
      };
      try {
        await rule.check(trial);
      } finally {
        for (const bench of benches) await bench.dispose();
      }
    });
  }
}
