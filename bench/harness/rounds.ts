import { type Case, type Figures, measure } from "./measure.ts";

/** What each case found in each round. */
export class Rounds {
  readonly #found = new Map<string, Figures[]>();

  add(name: string, figures: Figures): void {
    const all = this.#found.get(name);
    if (all === undefined) this.#found.set(name, [figures]);
    else all.push(figures);
  }

  /** One figure of one case, round by round. */
  of(name: string, figure: string): number[] {
    return (this.#found.get(name) ?? []).map((figures) => figures[figure] ?? NaN);
  }

  /**
   * How many times the figure of `name` is that of `base`, round by round: what slows the machine
   * down for a minute slows both.
   */
  ratio(name: string, base: string, figure: string): number[] {
    const bases = this.of(base, figure);
    return this.of(name, figure).map((value, round) => value / bases[round]!);
  }
}

/** Runs all cases one after the other, and that `rounds` times: A B C A B C ... */
export async function interleave(cases: readonly Case[], rounds: number): Promise<Rounds> {
  const results = new Rounds();
  for (let round = 1; round <= rounds; round++) {
    for (const each of cases) {
      progress(`round ${round} of ${rounds}: ${each.name}`);
      results.add(each.name, await measure(each));
    }
  }
  progress("");
  return results;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
