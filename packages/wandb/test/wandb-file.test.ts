import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { FrameReader } from "../src/wandb-file/frame-reader.ts";
import { FILE_HEADER, frame } from "../src/wandb-file/framing.ts";
import { decodeRecord, encodeRecord, type WandbRecord } from "../src/wandb-file/messages.ts";
import { WandbFile } from "../src/wandb-file/wandb-file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("the records of a .wandb file", () => {
  test("have the bytes that Protocol Buffers says", () => {
    const expectBytes = (record: WandbRecord, hex: string): void =>
      expect(encodeRecord(record).toString("hex")).toBe(hex.replaceAll(" ", ""));
    expectBytes({ num: 1, exit: { exit_code: -1 } }, `08019201 0b08 ${"ff".repeat(9)} 01`);
    expectBytes({ num: 300, final: {} }, "08ac02 a20100");
    const item = { key: "loss", value_json: "0.5" };
    const itemBytes = "0a04 6c6f7373 820103 302e35";
    expectBytes(
      { num: 2, history: { item: [item], step: { num: 7 } } },
      `0802 1212 0a0c ${itemBytes} 1202 0807`,
    );
    expectBytes(
      { run: { run_id: "ab", tags: ["x", "y"], start_time: { seconds: 2 ** 33, nanos: 5 } } },
      "8a0115 0a026162 520178 520179 8a0108 088080808020 1005",
    );
  });

  test("are read back as they were written", () => {
    const items = fc.array(
      fc.record({ key: fc.string({ unit: "binary" }), value_json: fc.string() }).map((item) => ({
        ...item,
        nested_key: [],
      })),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), items, fc.maxSafeInteger(), (num, item, step) => {
        const record = { num, history: { item, step: { num: step } } };
        expect(decodeRecord(encodeRecord(record))).toEqual(record);
      }),
    );
  });

  test("may hold fields that this version does not know", () => {
    const unknown = Buffer.from("c20c00a91f0102030405060708", "hex");
    expect(decodeRecord(Buffer.concat([encodeRecord({ num: 3, final: {} }), unknown]))).toEqual({
      num: 3,
      final: {},
    });
  });

  test("never decode to something else than a record or an error", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          decodeRecord(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe("the frames of a .wandb file", () => {
  test("begin with the header, and a record is one chunk with a plain CRC-32", () => {
    expect(Buffer.from(FILE_HEADER).toString("hex")).toBe("3a572642e1be00");
    const chunk = frame(Buffer.from("abc"), 7);
    expect(chunk.readUInt32LE(0)).toBe(crc32(Buffer.from("\u0001abc")));
    expect(chunk.subarray(4).toString("hex")).toBe("030001616263");
  });

  test("hold payloads of any length at any place of a block", () => {
    fc.assert(
      fc.property(payloadLists, (all) => {
        expect(readAll(fileOf(all)).payloads).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  test("lose, however the file is cut, only records that are not complete", () => {
    const all = [10, 32_740, 3, 70_000, 0, 40].map((length, i) => Buffer.alloc(length, i + 1));
    const bytes = fileOf(all);
    const ends = endsOf(all);
    // Every cut near the interesting places, and some in between.
    const cuts = new Set<number>();
    for (const place of [0, 7, 32_768, 65_536, 98_304, ...ends]) {
      for (let near = -20; near <= 20; near++)
        if (place + near >= 0) cuts.add(Math.min(place + near, bytes.length));
    }
    for (let cut = 0; cut < bytes.length; cut += 997) cuts.add(cut);
    for (const cut of cuts) {
      const read = readAll(bytes.subarray(0, cut));
      expect(read.payloads.length, `cut at ${cut}`).toBe(ends.filter((end) => end <= cut).length);
      expect(read.code, `cut at ${cut}`).toBeUndefined();
    }
  });

  test("show a flipped byte, and what stands before it is whole", () => {
    fc.assert(
      fc.property(payloadLists, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, where, flip) => {
        const bytes = fileOf(all);
        const at = where % bytes.length;
        const ends = endsOf(all);
        const whole = ends.filter((end) => end <= at).length;
        bytes[at]! ^= flip;
        const read = readAll(bytes);
        // Nothing false is read. (Where a block's rest is too short for a header, any byte is as good.)
        expect(read.payloads).toEqual(all.slice(0, read.payloads.length));
        expect(read.payloads.length).toBeGreaterThanOrEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test("can be followed while they are written", () => {
    const path = join(temporaryFolder(), "run.wandb");
    const file = new WandbFile(path);
    const fd = openSync(path, "r");
    onTestFinished(() => closeSync(fd));
    const reader = new FrameReader(fd);
    expect(reader.next()).toBeUndefined();
    for (let i = 0; i < 100; i++) {
      file.append({ output_raw: { output_type: 1, line: "x".repeat(i * 50) } });
      file.write();
      expect(decodeRecord(reader.next()!)).toMatchObject({
        num: i + 1,
        output_raw: { line: "x".repeat(i * 50) },
      });
      expect(reader.next()).toBeUndefined();
    }
    file.close();
  });
});

const payloadLists = fc
  .array(fc.oneof(fc.nat(60), fc.integer({ min: 32_700, max: 32_780 }), fc.nat(100_000)), { maxLength: 6 })
  .map((lengths) => lengths.map((length, i) => Buffer.alloc(length, `payload ${i} `)));

function fileOf(all: readonly Uint8Array[]): Buffer {
  let bytes = Buffer.from(FILE_HEADER);
  for (const payload of all) bytes = Buffer.concat([bytes, frame(payload, bytes.length)]);
  return bytes;
}

function endsOf(all: readonly Uint8Array[]): number[] {
  return all.map((_, i) => fileOf(all.slice(0, i + 1)).length);
}

function readAll(bytes: Uint8Array): { payloads: Uint8Array[]; code: unknown } {
  const path = join(folder, "file.wandb");
  writeFileSync(path, bytes);
  const fd = openSync(path, "r");
  const payloads: Uint8Array[] = [];
  try {
    const reader = new FrameReader(fd);
    for (let payload = reader.next(); payload !== undefined; payload = reader.next()) payloads.push(payload);
    return { payloads, code: undefined };
  } catch (error) {
    return { payloads, code: (error as { code?: unknown }).code };
  } finally {
    closeSync(fd);
  }
}
