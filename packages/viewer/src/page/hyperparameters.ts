import type { RunSummary } from "../protocol.ts";

/** Names of the hyperparameters that are not the same in all runs: what tells runs apart. */
export function differing(runs: readonly RunSummary[]): string[] {
  const seen = new Map<string, { text: string; count: number; differs: boolean }>();
  for (const { hyperparameters } of runs) {
    for (const [name, value] of Object.entries(hyperparameters)) {
      const text = JSON.stringify(value);
      const before = seen.get(name);
      if (before === undefined) seen.set(name, { text, count: 1, differs: false });
      else {
        before.count++;
        before.differs ||= before.text !== text;
      }
    }
  }
  return [...seen].filter(([, { count, differs }]) => differs || count < runs.length).map(([name]) => name);
}
