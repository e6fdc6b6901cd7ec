import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { image, type Event, type LoggerDestination, type Stamp } from "@mlog/core";
import { describe, expect, it } from "vitest";
import { FileLogger, readRun, replay, type RunRecord } from "../src/index.ts";
import { ofType, openRun, readAll } from "./open-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Format = "png" | "webp";

/** A run with pictures of every kind, as its log. */
async function recordedRun(imageFormat: Format): Promise<string> {
  const { logger, state, path } = openRun(temporaryFolder(), { imageFormat });
  const values = (length: number, factor: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => Math.sin(i * factor));
  for (let batch = 0; batch < 3; batch++) {
    logger.logImages(
      { data: values(2 * 4 * 6 * 5, batch + 1), shape: [2, 4, 6, 5] },
      {
        name: "batch",
        step: 70 + batch,
        masks: { truth: { data: Uint8Array.from({ length: 60 }, (_, i) => i), shape: [2, 6, 5] } },
        maskClassLabels: { 3: "cat" },
        useTable: false,
      },
    );
    // Becomes bytes of 0 and 1 only, which would be spread if they were logged as they are.
    logger.logImages({ data: Float32Array.from([0, 1.2, 1.9, 0]), shape: [1, 2, 2] }, { name: "ones" });
    logger.logImages({ data: new Uint8Array(8), shape: [2, 2, 2] }, { name: "grey and alpha" });
    logger.logTable(
      ["picture", "digit"],
      [
        [
          image(
            { data: values(12, 1), shape: [3, 2, 2] },
            { masks: { m: { data: new Uint8Array(4), shape: [2, 2] } } },
          ),
          7,
        ],
        [null, NaN],
      ],
      { name: "digits" },
    );
    state.nextBatch({ samples: 1 });
    logger.logMetrics({ batch });
  }
  await logger.close();
  return path;
}

function files(log: string): Map<string, Buffer> {
  const folder = join(dirname(log), "media");
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** What must be the same after a replay. */
function comparable(records: readonly RunRecord[]): unknown[] {
  return records
    .filter(({ type }) => type !== "start" && type !== "end")
    .map((record) => ({ ...record, seq: undefined, next: undefined }));
}

describe("a replay of pictures", () => {
  it.each<Format>(["png", "webp"])(
    "as %s gives the same records and byte-identical files",
    async (imageFormat) => {
      const log = await recordedRun(imageFormat);
      const options = { root: temporaryFolder(), imageFormat, captureStdout: false, captureStderr: false };
      const copy = new FileLogger(options);
      const result = await replay(log, copy);
      expect(result).toMatchObject({ replayed: 17, skipped: 0, missing: 0, damaged: 0 });
      expect(files(copy.path!)).toEqual(files(log));
      expect(comparable(await readAll(copy.path!, { order: "seq" }))).toEqual(
        comparable(await readAll(log, { order: "seq" })),
      );
    },
  );

  it("takes records at their place, so that no batch ends twice", async () => {
    const log = await recordedRun("png");
    const calls: [string, number][] = [];
    const recorder: LoggerDestination = {
      name: "recorder",
      specVersion: 1,
      logImages: ({ name }, { step }: Stamp) => void calls.push([name, step]),
      onEvent: (event: Event, { timestamp }: Stamp) => void calls.push([event, timestamp.batch]),
    };
    await replay(log, recorder);
    expect(calls).toEqual(
      [0, 1, 2].flatMap((batch) => [
        ["batch", 70 + batch],
        ["ones", batch],
        ["grey and alpha", batch],
        ["batchEnd", batch + 1],
      ]),
    );
  });

  it("goes on without those that are missing or damaged, and says which", async () => {
    const log = await recordedRun("png");
    const [batch] = ofType(await readAll(log, { order: "seq" }), "images");
    rmSync(join(dirname(log), batch!.images[1]!.file!));
    const errors: [Error, string][] = [];
    const copy = new FileLogger({ root: temporaryFolder(), captureStdout: false, captureStderr: false });
    const result = await replay(log, copy, { onError: (...error) => errors.push(error) });
    expect(result).toMatchObject({ replayed: 17, skipped: 0, missing: 1 });
    expect(errors).toMatchObject([[{ code: "MEDIA_MISSING" }, "replay"]]);
    const [again] = ofType(await readAll(copy.path!, { order: "seq" }), "images");
    expect(again!.images).toEqual([batch!.images[0]]);
  });

  it("skips pictures of records whose files nobody can find", async () => {
    const log = await recordedRun("png");
    const copy = new FileLogger({ root: temporaryFolder(), captureStdout: false, captureStderr: false });
    const result = await replay(readRun(log, { order: "seq" }), copy, { onError: () => undefined });
    expect(result).toMatchObject({ replayed: 8, skipped: 9 });
    expect(ofType(await readAll(copy.path!), "table")).toHaveLength(3);
  });
});
