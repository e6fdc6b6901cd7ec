import { Logger, State } from "@mlog/core";
import type { Timestamp } from "@mlog/core";
import fc from "fast-check";
import { InMemoryLogger } from "../src/index.ts";
import type { InMemoryLoggerOptions } from "../src/index.ts";

/** One logged value as the simplest possible logger would keep it: Composer's way. */
export interface ModelPoint {
  readonly value: number;
  readonly step: number;
  readonly time: number;
  readonly timestamp: Timestamp;
}

export type Action =
  | {
      readonly do: "log";
      readonly names: readonly string[];
      readonly step: number | undefined;
      readonly values: readonly number[];
    }
  | { readonly do: "nextBatch"; readonly samples: number; readonly tokens: number }
  | { readonly do: "nextEpoch" | "nextIteration" }
  | { readonly do: "wait"; readonly ms: number };

export interface Run {
  readonly memory: InMemoryLogger;
  readonly model: ReadonlyMap<string, readonly ModelPoint[]>;
}

/** Does the same with an `InMemoryLogger` behind a `Logger` and with an array of objects per metric. */
export function run(actions: readonly Action[], options?: InMemoryLoggerOptions): Run {
  let now = 1_700_000_000_000;
  const state = new State({ runName: "model", now: () => now });
  const memory = new InMemoryLogger(options);
  const logger = new Logger(state, memory);
  const model = new Map<string, ModelPoint[]>();
  for (const action of actions) {
    if (action.do === "log") {
      const { names, step, values } = action;
      const metrics = Object.fromEntries(names.map((name, i) => [name, values[i % values.length]!]));
      logger.logMetrics(metrics, step === undefined ? {} : { step });
      for (const [name, value] of Object.entries(metrics)) {
        const points = model.get(name) ?? [];
        model.set(name, points);
        points.push({ value, step: step ?? state.timestamp.batch, time: now, timestamp: state.timestamp });
      }
    } else if (action.do === "nextBatch") state.nextBatch(action);
    else if (action.do === "wait") now += action.ms;
    else state[action.do]();
  }
  return { memory, model };
}

const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, -0, 0, Infinity, -Infinity));
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.nat(50) },
  { weight: 1, arbitrary: fc.maxSafeNat() },
);

/** Logging with the sets of names given, between advances of all kinds. */
export function actionsWith(
  names: fc.Arbitrary<readonly string[]>,
  maxLength: number,
): fc.Arbitrary<Action[]> {
  const log = fc.record({
    do: fc.constant("log" as const),
    names,
    step: anyStep,
    values: fc.array(anyNumber, { minLength: 1, maxLength: 4 }),
  });
  const advance = fc.oneof(
    fc.record({ do: fc.constant("nextBatch" as const), samples: fc.nat(64), tokens: fc.nat(4096) }),
    fc.record({ do: fc.constantFrom("nextEpoch" as const, "nextIteration" as const) }),
    fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(5), fc.double({ min: -1000, max: 1e6, noNaN: true })),
    }),
  );
  const stretch = fc
    .tuple(
      fc.array(fc.oneof({ weight: 4, arbitrary: log }, { weight: 1, arbitrary: advance }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 150 }),
    )
    .map(([actions, times]) => Array.from({ length: times }, () => actions).flat());
  return fc.array(stretch, { maxLength }).map((stretches) => stretches.flat());
}
