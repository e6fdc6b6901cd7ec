import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Logger, State } from "@mlog/core";
import { startWandb, type Run, type WandbServer } from "@mlog/test-servers/wandb";
import fc from "fast-check";
import { uploadRun, WandBLogger, type WandBLoggerOptions } from "../src/index.ts";

/** In ms; nothing here is about waiting. */
const timing = { minDelay: 2, maxDelay: 20, streamInterval: 5, minGap: 1, configDelay: 5, poll: 2 };

/** What is called of a logger, as plain data. */
export type Call = { readonly step: number } & (
  | { readonly kind: "metrics"; readonly metrics: Readonly<Record<string, number>> }
  | { readonly kind: "config"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: "histogram"; readonly values: readonly number[] }
  | { readonly kind: "table"; readonly cells: readonly unknown[] }
  | { readonly kind: "traces"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: "images"; readonly grey: readonly number[]; readonly useTable: boolean }
  | { readonly kind: "file"; readonly name: string; readonly text: string }
);

const step = fc.nat(30);
const texts = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { maxKeys: 4 });

/** Runs of every kind of call, in any order of steps. */
export const generatedRuns: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.oneof(
    { weight: 24, arbitrary: fc.record({ kind: fc.constant("metrics"), step, metrics: metrics() }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("config"), step, values: texts }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("histogram"),
        step,
        values: fc.array(fc.float(), { minLength: 1 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("table"),
        step,
        cells: fc.array(fc.integer(), { maxLength: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("traces"), step, values: texts }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("images"),
        step,
        grey: fc.array(fc.nat(255), { minLength: 1, maxLength: 4 }),
        useTable: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("file"),
        step,
        name: fc.constantFrom("a.txt", "b/c.pt", "d"),
        text: fc.string(),
      }),
    },
  ),
  { maxLength: 20, size: "max" },
);

function metrics(): fc.Arbitrary<Record<string, number>> {
  const names = fc.oneof(fc.constantFrom("loss", "acc", "a/b", "a.b"), fc.string({ minLength: 1 }));
  const values = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity));
  return fc.dictionary(names, values, { minKeys: 1, maxKeys: 4 });
}

/** What a server has after a run was logged online, and after it was logged offline and uploaded. */
export async function logBothWays(
  run: readonly Call[],
  folder: string,
): Promise<{ readonly online: unknown; readonly uploaded: unknown }> {
  await using first = await startWandb({ pace: { requestsPerSecond: Infinity } });
  await log(run, folder, first, { mode: "online", dir: join(folder, "online") });
  await using second = await startWandb({ pace: { requestsPerSecond: Infinity } });
  const path = await log(run, folder, second, { mode: "offline", dir: join(folder, "offline") });
  const { baseUrl, apiKey } = second;
  const { complete } = await uploadRun(path, { baseUrl, apiKey, timing });
  if (!complete) throw new Error("not everything was uploaded");
  first.assertNoViolations();
  second.assertNoViolations();
  return { online: contentOf(first), uploaded: contentOf(second) };
}

async function log(
  run: readonly Call[],
  folder: string,
  { baseUrl, apiKey }: WandbServer,
  options: WandBLoggerOptions,
): Promise<string> {
  let time = 1_700_000_000_000;
  const wandb = new WandBLogger({
    project: "p",
    entity: "me",
    id: "run1",
    logArtifacts: true,
    baseUrl,
    apiKey,
    timing,
    ...options,
  });
  const state = new State({ runName: "r", now: () => (time += 125) });
  // Past steps and changed hyperparameters are among what is generated.
  const logger = new Logger(state, wandb, { onError: () => undefined });
  for (const call of run) logCall(logger, call, folder);
  await logger.close();
  return wandb.path!;
}

function logCall(logger: Logger, call: Call, folder: string): void {
  const at = { step: call.step };
  switch (call.kind) {
    case "metrics":
      return logger.logMetrics(call.metrics, at);
    case "config":
      return logger.logHyperparameters(call.values);
    case "histogram":
      return logger.logHistogram("h", [...call.values], at);
    case "table":
      return logger.logTable(
        ["a"],
        call.cells.map((cell) => [cell]),
        { name: "t", ...at },
      );
    case "traces":
      return logger.logTraces(call.values);
    case "images":
      return logger.logImages([[...call.grey]], { name: "i", useTable: call.useTable, ...at });
    case "file": {
      const path = join(folder, "file.txt");
      writeFileSync(path, call.text);
      logger.uploadFile(call.name, path);
    }
  }
}

/** All that a server has, as text, without what is by chance. */
function contentOf(server: WandbServer): unknown {
  const { history, summaryText, plainConfig, exitCode, complete, files } = server.run("run1");
  const artifacts = server.artifacts.map(
    ({ collection, type, digest, metadata, historyStep, aliases, stage, version }) => ({
      collection,
      type,
      digest,
      metadata,
      historyStep,
      aliases: [...aliases].sort(),
      stage,
      version,
    }),
  );
  return {
    history: history.map(withoutIds),
    summary: withoutIds(summaryText),
    config: plainConfig,
    exitCode,
    complete,
    files: fileNames(files),
    artifacts: artifacts.map((artifact) => JSON.stringify(artifact)).sort(),
  };
}

/** Tables have ids by chance. */
function withoutIds(text: string | undefined): string | undefined {
  return text?.replaceAll(/[a-z0-9]{128}/g, "id");
}

function fileNames(files: Run["files"]): readonly string[] {
  return [...files.keys()].sort();
}
