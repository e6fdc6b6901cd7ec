import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Logger, type LoggerDestination, State, type StateOptions, type UploadRequest } from "@mlog/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { scalarsEvent } from "../src/event-message.ts";
import { frame } from "../src/frame.ts";
import { TensorboardLogger, type TensorboardLoggerOptions } from "../src/index.ts";
import { crc32c, type ReadEvent, readEvents } from "./read-events.ts";

interface Open {
  readonly state: State;
  readonly logger: Logger;
  readonly file: TensorboardLogger;
  readonly logDir: string;
  events(): ReadEvent[];
}

function open(
  options: TensorboardLoggerOptions = {},
  run: StateOptions = {},
  others: readonly LoggerDestination[] = [],
): Open {
  const logDir = mkdtempSync(join(tmpdir(), "mlog-tensorboard-"));
  onTestFinished(() => rmSync(logDir, { recursive: true, force: true }));
  const state = new State({ runName: "run", now: () => 5000, ranks: { rank: 0 }, ...run });
  const file = new TensorboardLogger({ logDir, ...options });
  const logger = new Logger(state, [file, ...others], { onError: () => undefined });
  return { state, logger, file, logDir, events: () => readEvents(readFileSync(file.path!)) };
}

test("the reader of these tests knows CRC-32C", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});

test("numbers come back under any name, at any step and time, as 32 bits hold them", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1 }), { maxLength: 5 }),
      fc.double(),
      fc.maxSafeNat(),
      fc.nat(),
      (names, value, step, time) => {
        const values = Float64Array.from(names, () => value);
        const [event] = readEvents(Buffer.from(frame(scalarsEvent({ time, step }, names, values))));
        expect(event).toMatchObject({ step, wallTime: time / 1000 });
        expect(event!.values.map(({ tag }) => tag)).toEqual(names);
        for (const { scalar } of event!.values) expect(scalar).toBe(Math.fround(value));
      },
    ),
  );
});

test("a file begins with its version, and has a name that TensorBoard looks for", async () => {
  const { logger, file, events, logDir } = open();
  await logger.close();
  expect(events()[0]).toMatchObject({ fileVersion: "brain.Event:2", wallTime: 5 });
  expect(basename(file.path!)).toMatch(/^events\.out\.tfevents\.0000000005\.[\w-]+\.\d+\.\d+$/);
  expect(readdirSync(logDir)).toEqual(["run"]);
});

test("hyperparameters and tables are text: tables of Markdown without anybody's markup", async () => {
  const { logger, events } = open();
  logger.logHyperparameters({ lr: 1e-5, "a|b": "<script>", model: { layers: 2n } });
  logger.logTable(["x", "y"], [[1, "two\nlines"]], { name: "results", step: 7 });
  await logger.close();
  const [, first, second] = events();
  expect(first!.values[0]).toMatchObject({
    tag: "hyperparameters",
    plugin: "text",
    dataClass: 2,
    shape: [1],
  });
  expect(String(first!.values[0]!.strings[0]).split("\n")).toEqual([
    "| hyperparameter | value |",
    "| --- | --- |",
    "| lr | 0.00001 |",
    "| a\\|b | \\<script\\> |",
    '| model | {"layers":"2"} |',
  ]);
  expect(second).toMatchObject({ step: 7, values: [{ tag: "results" }] });
  expect(String(second!.values[0]!.strings[0])).toContain("| 1 | two lines |");
});

test("pictures of one call are shown beside each other, with one more for each mask", async () => {
  const { logger, events } = open();
  logger.logImages(
    { data: new Uint8Array(2 * 3 * 4 * 5), shape: [2, 3, 4, 5] },
    { name: "scenes", masks: { truth: { data: new Uint8Array(40), shape: [2, 4, 5] } } },
  );
  await logger.close();
  const values = events().flatMap((event) => event.values);
  expect(values.map(({ tag }) => tag)).toEqual(["scenes", "scenes/truth"]);
  for (const { plugin, dataClass, shape, strings } of values) {
    expect({ plugin, dataClass, shape }).toEqual({ plugin: "images", dataClass: 3, shape: [4] });
    expect(strings.slice(0, 2).map(String)).toEqual(["5", "4"]);
    for (const png of strings.slice(2)) expect(png.subarray(1, 4).toString()).toBe("PNG");
  }
});

test("only rank 0 writes, unless each shall be a run of its own", async () => {
  const ranks = { rank: 1, worldSize: 2 };
  const silent = open({}, { ranks });
  silent.logger.logMetrics({ loss: 1 });
  await silent.logger.close();
  expect(readdirSync(silent.logDir)).toEqual([]);
  const own = open({ rankZeroOnly: false }, { ranks });
  await own.logger.close();
  expect(readdirSync(own.logDir)).toEqual(["run-rank1"]);
});

test("what is uploaded are event files, and each event is in exactly one of them", async () => {
  const pieces: { readonly name: string; readonly bytes: Buffer }[] = [];
  const uploader: LoggerDestination = {
    name: "uploader",
    specVersion: 1,
    uploadFile({ remoteFileName: name, filePath }: UploadRequest) {
      pieces.push({ name, bytes: readFileSync(filePath) });
      return { staged: Promise.resolve(), uploaded: Promise.resolve([]) };
    },
  };
  const { state, logger, file, events } = open({ flushInterval: 2 }, {}, [uploader]);
  for (let batch = 0; batch < 10; batch++) {
    logger.logMetrics({ loss: batch });
    state.nextBatch();
    if (batch % 3 === 0) await logger.flush();
  }
  logger.runEvent("evalEnd");
  await logger.close();
  expect(pieces.length).toBeGreaterThanOrEqual(4);
  const names = pieces.map(({ name }) => name);
  expect(names).toEqual(names.toSorted());
  for (const name of names)
    expect(name).toMatch(/^tensorboard_logs\/run\/events\.out\.tfevents\..*\.\d{16}-0$/);
  const read = pieces.map(({ bytes }) => readEvents(bytes));
  for (const piece of read) expect(piece[0]!.fileVersion).toBe("brain.Event:2");
  expect(read.flatMap((piece) => piece.slice(1))).toEqual(events().slice(1));
  expect(events()).toHaveLength(11);
  expect(readdirSync(join(file.path!, ".."))).toEqual([basename(file.path!)]);
});

test("what could not be handed over is handed over the next time", async () => {
  const pieces: Buffer[] = [];
  let attempts = 0;
  const uploader: LoggerDestination = {
    name: "uploader",
    specVersion: 1,
    uploadFile({ filePath }: UploadRequest) {
      if (attempts++ === 0) throw new Error("not today");
      pieces.push(readFileSync(filePath));
      return { staged: Promise.resolve(), uploaded: Promise.resolve([]) };
    },
  };
  const { logger, events } = open({}, {}, [uploader]);
  logger.logMetrics({ loss: 1 });
  await logger.flush().catch(() => undefined);
  logger.logMetrics({ loss: 2 });
  await logger.close().catch(() => undefined);
  expect(pieces.flatMap((piece) => readEvents(piece).slice(1))).toEqual(events().slice(1));
});

test.each([
  [{ logDir: 1 }],
  [{ logDir: "" }],
  [{ flushInterval: 0 }],
  [{ rankZeroOnly: "yes" }],
  [{ dir: "x" }],
])("%j is refused", (options) => {
  expect(() => new TensorboardLogger(options as unknown as TensorboardLoggerOptions)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});
