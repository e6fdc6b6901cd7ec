import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ConformanceOptions,
  destinationConformance,
  GROUPS,
  KINDS,
  type SubjectFactory,
} from "../src/index.ts";
import * as broken from "./broken/index.ts";
import { Notebook, notebookSubject, type Shelf } from "./notebook.ts";

/** Looked up by name. */
const brokenKinds: Record<keyof typeof broken, new (shelf: Shelf) => Notebook> = broken;

/** Each rule, and the destination that breaks it and no other. */
const table: Record<string, keyof typeof broken> = {
  "verbs: keeps what logMetrics is given": "KeepsOneMetric",
  "verbs: keeps what logHyperparameters is given": "StringifiesObjects",
  "verbs: keeps what logTable is given": "KeepsThreeColumns",
  "verbs: keeps what logImages is given": "MixesUpChannels",
  "verbs: keeps what logHistogram is given": "KeepsOneBin",
  "verbs: keeps what logTraces is given": "KeepsOneTrace",
  "verbs: keeps what onEvent is given": "IgnoresEvents",
  "verbs: stores the files it is handed": "ForgetsTheSize",
  "verbs: replaces a file only with overwrite": "AlwaysOverwrites",
  "stamps: keeps the step of the call, given or not": "IgnoresTheStep",
  "stamps: keeps the time of the stamp, not of its own clock": "HasItsOwnClock",
  "stamps: keeps how far training was": "ReadsTheStateLater",
  "snapshots: keeps what was true at the call, whatever the caller changes afterwards": "ReusesItsCopy",
  "snapshots: stores a file as it was when it was staged": "ReadsTheFileLater",
  "order: keeps the order of the calls": "WritesTheNewestFirst",
  "beforeInit: keeps what is logged while it starts": "StartsInSecret",
  "isolation: changes nothing of what other destinations get": "ClearsTheView",
  "isolation: shares nothing with another one of its kind": "SharesOneConnection",
  "isolation: leaves signals and uncaught errors to the application": "CatchesSignals",
  "flush: resolves flush() only when everything logged before can be read": "FlushesOneBatch",
  "flush: rejects flush() when something logged before is not safe": "HidesFailuresOfFlush",
  "twoPhaseClose: delivers what was never flushed": "ForgetsTheRest",
  "twoPhaseClose: takes files that others hand over while they close": "RefusesLastFiles",
  "twoPhaseClose: hands its own files over before the second phase": "HandsOverTooLate",
  "idempotentClose: may be closed again, and nothing changes": "ClosesOnce",
  "lateCalls: bears calls after it was closed": "ThrowsOnceClosed",
  "delivery: answers delivery() at any time": "CannotCountWhileBusy",
  "delivery: counts every call as delivered once it was closed": "CountsNothing",
  "delivery: admits what it could not deliver": "HidesFailuresOfClose",
  "boundedMemory: bounds its memory while the sink hangs": "QueuesWithoutBound",
  "noThrow: returns nothing from a call that logs, so that nobody waits": "ReturnsPromises",
  "noThrow: throws nothing into the loop when its sink fails": "ThrowsWhenTheSinkFails",
  "names: keeps every name as it is": "ReplacesSlashes",
  "names: stores files under the names they are given": "EncodesFileNames",
  "badInput: keeps odd values, or says that it cannot, and goes on": "TurnsNaNIntoNull",
  "processEnd: lets the process end by itself once it was closed": "KeepsAliveOnceClosed",
  "processEnd: lets the process end by itself when nobody closes it": "KeepsAliveUntilClosed",
};

const everything: ConformanceOptions = {
  capabilities: { keeps: KINDS, order: "all", sinks: ["fails", "hangs"] },
  deadline: 2000,
  memory: 16 * 1024 * 1024,
};

/** Runs the suite as a runner would; returns the rules by whether they hold. */
async function outcomes(
  factory: SubjectFactory,
  options: ConformanceOptions = everything,
): Promise<Map<string, string>> {
  const tests: [name: string, run: () => Promise<void>][] = [];
  destinationConformance((name, run) => tests.push([name, run]), factory, options);
  const results = new Map<string, string>();
  for (const [name, run] of tests) {
    results.set(name, await run().then(() => "holds", String));
  }
  return results;
}

function broke(results: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...results].filter(([, outcome]) => outcome !== "holds"));
}

function moduleOf(kind?: string): URL {
  const url = new URL("./fixtures/subject.ts", import.meta.url);
  if (kind !== undefined) url.searchParams.set("kind", kind);
  return url;
}

describe("the rules", () => {
  it("all hold for a destination that does what it must", async () => {
    const results = await outcomes((sink) => notebookSubject(Notebook, sink), {
      ...everything,
      module: moduleOf(),
    });
    expect(broke(results)).toEqual({});
    expect([...results.keys()]).toEqual(Object.keys(table));
  });

  it.each(Object.entries(table))("%s: broken by %s, which breaks no other", async (rule, kind) => {
    const takesFiles = kind !== "HandsOverTooLate";
    const results = await outcomes((sink) => notebookSubject(brokenKinds[kind], sink), {
      ...everything,
      capabilities: {
        ...everything.capabilities,
        keeps: KINDS.filter((each) => takesFiles || each !== "file"),
      },
      ...(rule.startsWith("processEnd") ? { module: moduleOf(kind) } : {}),
    });
    expect(Object.keys(broke(results))).toEqual([rule]);
  });

  it("have a broken destination each, and no broken destination is without a rule", () => {
    expect(Object.values(table).toSorted()).toEqual(Object.keys(brokenKinds).toSorted());
  });

  it("are listed in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const [rule, kind] of Object.entries(table)) {
      const [group, name] = rule.split(/: (.*)/);
      expect(readme.replaceAll(/ +/g, " ")).toContain(`| \`${group}\` | ${name} | \`${kind}\` |`);
    }
  });
});

describe("groups", () => {
  it.each(GROUPS)("%s can be switched off", async (group) => {
    const names: string[] = [];
    const register = (name: string): unknown => names.push(name);
    const factory: SubjectFactory = (sink) => notebookSubject(Notebook, sink);
    const options = { ...everything, module: moduleOf() };
    destinationConformance(register, factory, { ...options, groups: { [group]: false } });
    expect(names).toEqual(Object.keys(table).filter((rule) => !rule.startsWith(`${group}: `)));
  });
});
