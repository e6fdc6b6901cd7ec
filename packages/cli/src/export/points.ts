import { type MetricsRecord, readRun } from "@mlog/file";

/** What of a run is exported. */
export interface Selection {
  /** Only metrics that one of these matches; all if undefined. */
  readonly metrics: ((name: string) => boolean) | undefined;
  readonly rank: number | undefined;
}

/** The metrics records of runs, one after the other, each with the name of its run. */
export async function* metricsOf(
  paths: readonly string[],
  { rank }: Selection,
  onRecord: (count: number) => void,
): AsyncGenerator<{ readonly run: string; readonly record: MetricsRecord }, void, void> {
  let count = 0;
  for (const path of paths) {
    let run = "";
    for await (const record of readRun(path)) {
      onRecord(++count);
      if (record.type === "start") run = record.run;
      else if (record.type === "metrics" && (rank === undefined || rank === record.rank))
        yield { run, record };
    }
  }
}

/** A test for names by patterns in which `*` stands for anything. */
export function matcher(patterns: readonly string[] | undefined): ((name: string) => boolean) | undefined {
  if (patterns === undefined) return undefined;
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return new RegExp(`^${parts.join("[^]*")}$`);
  });
  const known = new Map<string, boolean>();
  return (name) => {
    let matches = known.get(name);
    if (matches === undefined) known.set(name, (matches = expressions.some((each) => each.test(name))));
    return matches;
  };
}
