import { isDeepStrictEqual } from "node:util";
import type { Bench } from "../bench.ts";
import { check, failureOf, within } from "../check.ts";
import { checkHeld } from "../compare.ts";
import type { HeldPicture } from "../pictures.ts";
import type { Rule } from "../rule.ts";
import { SourceFolder } from "../source-folder.ts";
import type { HeldRecord, Kind } from "../subject.ts";

type CalledKind = Exclude<Kind, "file">;

/** Every kind as rich as a call can be. */
const calls: Record<CalledKind, readonly [method: string, call: (bench: Bench, index: number) => void]> = {
  metric: [
    "logMetrics",
    ({ logger }, index) => logger.logMetrics({ [`loss-${index}`]: 1 / 3, [`accuracy-${index}`]: -index }),
  ],
  hyperparameter: [
    "logHyperparameters",
    ({ logger }, index) =>
      logger.logHyperparameters({
        [`layers-${index}`]: [64, index],
        [`net-${index}`]: { name: "a", deep: { b: [1] } },
      }),
  ],
  table: [
    "logTable",
    ({ logger }, index) => {
      const columns = ["digit", "share", "label", "right"];
      const rows = [
        [index, 0.5, "one", true],
        [index + 1, null, "two", false],
      ];
      logger.logTable(columns, rows, { name: `results-${index}` });
    },
  ],
  image: [
    "logImages",
    ({ logger }, index) => {
      const data = Uint8Array.from({ length: 18 }, (_, i) => i * 14 + index);
      logger.logImages({ data, shape: [3, 2, 3] }, { name: `samples-${index}` });
    },
  ],
  histogram: [
    "logHistogram",
    ({ logger }, index) => logger.logHistogram(`weights-${index}`, [-1, 0, 0.5, index + 1], { bins: 4 }),
  ],
  trace: [
    "logTraces",
    ({ logger }, index) =>
      logger.logTraces({ [`norm-${index}`]: 0.5, [`gradients-${index}`]: { first: [index] } }),
  ],
  event: ["onEvent", ({ logger }, index) => logger.runEvent(index % 2 === 0 ? "evalStart" : "evalEnd")],
};

function keeps(kind: CalledKind): Rule {
  const [method, call] = calls[kind];
  return {
    group: "verbs",
    name: `keeps what ${method} is given`,
    appliesTo: (settings) => settings.keeps.includes(kind),
    async check({ open }) {
      const bench = await open();
      for (let index = 0; index < 3; index++) call(bench, index);
      await bench.settle();
      const held = await bench.read();
      checkHeld(held, bench.recorder.records, { kinds: [kind] });
      if (kind === "image") checkPixels(held, bench.recorder.records);
    },
  };
}

/** Destinations need not give pixels back, but those that they give must be right. */
function checkPixels(held: readonly HeldRecord[], expected: readonly HeldRecord[]): void {
  const pixels = (records: readonly HeldRecord[]): (string | undefined)[] =>
    records
      .filter(({ kind }) => kind === "image")
      .flatMap(({ value }) => value as Partial<HeldPicture>[])
      .map(({ pixels: values }) => values && Array.from(values).join());
  const found = pixels(held);
  if (found.includes(undefined)) return;
  check(
    isDeepStrictEqual(new Set(found), new Set(pixels(expected))),
    "the pixels of a picture are not those that were logged",
  );
}

const files: Rule[] = [
  {
    group: "verbs",
    name: "stores the files it is handed",
    async check({ open, settings }) {
      await using folder = await SourceFolder.make();
      const bench = await open();
      const path = await folder.write("model.txt", "weights");
      const { staged, uploaded } = bench.logger.uploadFile("folder/model.txt", path);
      await within(settings.deadline, "staged", staged);
      const remote = await within(settings.deadline, "uploaded", uploaded);
      check(
        remote[0]?.name === "folder/model.txt" && remote[0].size === 7,
        `uploaded must resolve to the name and size of the file, not ${JSON.stringify(remote)}`,
      );
      await bench.settle();
      checkFiles(await bench.read(), { "folder/model.txt": "weights" });
    },
  },
  {
    group: "verbs",
    name: "replaces a file only with overwrite",
    async check({ open, settings }) {
      await using folder = await SourceFolder.make();
      const bench = await open();
      const upload = async (text: string, overwrite: boolean): Promise<unknown> => {
        const path = await folder.write(`${text}.txt`, text);
        const { uploaded } = bench.logger.uploadFile("latest.txt", path, { overwrite });
        return failureOf(() => within(settings.deadline, "uploaded", uploaded));
      };
      await upload("first", false);
      check(await upload("second", false), "a second upload of a name must fail without overwrite");
      checkFiles(await bench.read(), { "latest.txt": "first" });
      const failure = await upload("third", true);
      check(failure === undefined, `an upload with overwrite failed: ${String(failure)}`);
      checkFiles(await bench.read(), { "latest.txt": "third" });
    },
  },
];

function checkFiles(held: readonly HeldRecord[], expected: Readonly<Record<string, string>>): void {
  const records = Object.entries(expected).map(([name, value]) => ({ kind: "file" as const, name, value }));
  checkHeld(held, records, { kinds: ["file"] });
}

export const verbs: readonly Rule[] = [
  ...(Object.keys(calls) as CalledKind[]).map(keeps),
  ...files.map((rule): Rule => ({ ...rule, appliesTo: (settings) => settings.keeps.includes("file") })),
];
