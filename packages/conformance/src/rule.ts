import type { Bench, BenchOptions } from "./bench.ts";
import type { Group, Settings } from "./options.ts";

/** What a rule is checked with. */
export interface Trial {
  readonly settings: Settings;
  /** A new destination with a logger of its own. Closed and disposed of when the check ends. */
  open(options?: BenchOptions): Promise<Bench>;
}

/** One thing that a destination must do: one test. */
export interface Rule {
  readonly group: Group;
  /** Completes the sentence "it ...". */
  readonly name: string;
  /** Whether the rule says anything about a destination with these capabilities. Default: about all. */
  readonly appliesTo?: (settings: Settings) => boolean;
  /** Rejects, saying what was expected and what happened instead. */
  check(trial: Trial): Promise<void>;
}
