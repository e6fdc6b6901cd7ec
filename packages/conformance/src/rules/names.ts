import { check, failureOf, within } from "../check.ts";
import { checkHeld } from "../compare.ts";
import type { Rule } from "../rule.ts";
import { SourceFolder } from "../source-folder.ts";

const NAMES = [
  "loss",
  "Loss",
  "loss/train",
  "loss.train",
  "loss train",
  " loss ",
  "../up",
  "/root",
  "back\\slash",
  "損失",
  "🚀",
  "e\u0301",
  "\u00e9",
  "quote\"'`",
  "new\nline",
  "a,b;c",
  "{rank}",
  "%2e%2e",
  "__proto__",
  "constructor",
  "toString",
  "n".repeat(1024),
];

const FILE_NAMES = ["a b.txt", "100%.txt", "損失🚀.txt", "{braces}.txt", "q?x=1#y.txt", "a+b&c.txt", "A.txt"];

export const names: readonly Rule[] = [
  {
    group: "names",
    name: "keeps every name as it is",
    appliesTo: ({ keeps }) =>
      keeps.some((kind) => /^(metric|hyperparameter|trace|table|histogram)$/.test(kind)),
    async check({ open, settings }) {
      const bench = await open();
      const { logger } = bench;
      const keeps = (kind: (typeof settings.keeps)[number]): boolean => settings.keeps.includes(kind);
      for (const [index, name] of NAMES.entries()) {
        // An own property even for __proto__.
        const named = Object.fromEntries([[name, index]]);
        if (keeps("metric")) logger.logMetrics(named);
        if (keeps("hyperparameter")) logger.logHyperparameters(named);
        if (keeps("trace")) logger.logTraces(named);
        if (keeps("table")) logger.logTable([name], [[1]], { name });
        if (keeps("histogram")) logger.logHistogram(name, [1, 2], { bins: 1 });
      }
      await bench.settle();
      const kinds = ["metric", "hyperparameter", "trace", "table", "histogram"] as const;
      const kept = kinds.filter(keeps);
      checkHeld(await bench.read(), bench.recorder.records, { kinds: kept });
    },
  },
  {
    group: "names",
    name: "stores files under the names they are given",
    appliesTo: ({ keeps }) => keeps.includes("file"),
    async check({ open, settings }) {
      await using folder = await SourceFolder.make();
      const bench = await open();
      const expected = [];
      for (const [index, name] of FILE_NAMES.entries()) {
        const value = `text ${index}`;
        const { uploaded } = bench.logger.uploadFile(name, await folder.write(`${index}.txt`, value));
        const failure = await failureOf(() => within(settings.deadline, `the upload of ${name}`, uploaded));
        check(failure === undefined, `${name} could not be stored: ${String(failure)}`);
        expected.push({ kind: "file", name, value } as const);
      }
      checkHeld(await bench.read(), expected, { kinds: ["file"] });
    },
  },
];
