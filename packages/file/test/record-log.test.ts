import { type Metrics, Timestamp } from "@mlog/core";
import type { RecordWriter } from "@mlog/journal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../src/json-lines.ts";
import { RecordLog, type Reservation } from "../src/record-log.ts";
import { expectValid } from "./schema.ts";

/** Takes records while it is told to, and keeps them. */
class TestWriter implements Pick<RecordWriter, "append" | "appendRow"> {
  readonly lines: Record<string, unknown>[] = [];
  accepts: (record: string) => boolean = () => true;

  append(record: string): boolean {
    if (!this.accepts(record)) return false;
    this.lines.push(JSON.parse(record) as Record<string, unknown>);
    return true;
  }

  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean {
    const [seq, time, step, epoch, batch, sample, token] = fields;
    const metrics = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    return this.append(
      JSON.stringify({ v: 1, type: "metrics", seq, time, step, epoch, batch, sample, token, metrics }),
    );
  }
}

const stamp = { step: 4, time: 5000, timestamp: new Timestamp({ batch: 4 }) };
const metrics: Metrics = {
  names: ["loss"],
  values: new Float64Array([0.5]),
  *[Symbol.iterator]() {
    yield ["loss", 0.5] as const;
  },
};

function open(): { writer: TestWriter; log: RecordLog; errors: { code: string }[] } {
  const writer = new TestWriter();
  const errors: { code: string }[] = [];
  const log = new RecordLog(writer as unknown as RecordWriter, {
    format: jsonLines,
    seq: 0,
    now: () => stamp,
    report: (error) => errors.push(error as { code: string }),
  });
  return { writer, log, errors };
}

describe("calls that the writer has no room for", () => {
  it("are named by a dropped record as soon as there is room", () => {
    const { writer, log, errors } = open();
    log.metrics(metrics, stamp);
    writer.accepts = () => false;
    log.metrics(metrics, stamp);
    log.write({ type: "output", stream: "stdout", text: "lost" });
    log.metrics(metrics, stamp);
    writer.accepts = () => true;
    log.metrics(metrics, stamp);
    expect(writer.lines.map(({ type, seq }) => [type, seq])).toEqual([
      ["metrics", 0],
      ["dropped", 4],
      ["metrics", 5],
    ]);
    expect(writer.lines[1]).toMatchObject({ from: 1, to: 3, step: 4, time: 5000 });
    expect(log.dropped).toBe(3);
    expectValid(writer.lines);
    expect(errors.map((error) => error.code)).toEqual(["RECORDS_DROPPED"]);
  });

  it("are reported once, however often it happens", () => {
    const { writer, log, errors } = open();
    for (let i = 0; i < 6; i++) {
      writer.accepts = () => i % 2 === 0;
      log.metrics(metrics, stamp);
    }
    expect(log.dropped).toBe(3);
    expect(errors).toHaveLength(1);
  });

  it("can be named without a further call", () => {
    const { writer, log } = open();
    writer.accepts = () => false;
    log.metrics(metrics, stamp);
    expect(log.hasUnnamed).toBe(true);
    expect(log.nameDropped()).toBe(false);
    writer.accepts = () => true;
    expect(log.nameDropped()).toBe(true);
    expect(log.hasUnnamed).toBe(false);
    expect(writer.lines).toMatchObject([{ type: "dropped", seq: 1, from: 0, to: 0 }]);
  });

  it("leave no seq unaccounted for, whatever the writer refuses", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ room: fc.boolean(), roomForSmall: fc.boolean(), numeric: fc.boolean() })),
        (calls) => {
          const { writer, log } = open();
          for (const { room, roomForSmall, numeric } of calls) {
            // A small record can find room where a larger one did not.
            writer.accepts = (record) => room || (roomForSmall && !record.includes('"dropped"'));
            if (numeric) log.metrics(metrics, stamp);
            else log.write({ type: "output", stream: "stderr", text: "text" });
          }
          writer.accepts = () => true;
          log.nameDropped();
          let next = 0;
          let dropped = 0;
          for (const line of writer.lines) {
            if (line["type"] === "dropped") {
              expect(line["from"]).toBe(next);
              expect(line["to"]).toBe((line["seq"] as number) - 1);
              dropped += (line["to"] as number) - next + 1;
            } else {
              expect(line["seq"]).toBe(next);
            }
            next = (line["seq"] as number) + 1;
          }
          expect(dropped).toBe(log.dropped);
          expect(writer.lines.filter((line) => line["type"] !== "dropped").length + dropped).toBe(
            calls.length,
          );
        },
      ),
    );
  });

  it("include a record longer than a reader would take, which is reported by itself", () => {
    const { writer, log, errors } = open();
    log.write({ type: "output", stream: "stdout", text: "é".repeat(33 * 1024 * 1024) });
    log.metrics(metrics, stamp);
    expect(errors.map((error) => error.code)).toEqual(["RECORD_TOO_LARGE"]);
    expect(writer.lines).toMatchObject([
      { type: "dropped", from: 0, to: 0, seq: 1 },
      { type: "metrics", seq: 2 },
    ]);
  });

  it("include one that cannot be encoded", () => {
    const { writer, log, errors } = open();
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    log.write({ type: "traces", values: circular as never }, stamp);
    log.metrics(metrics, stamp);
    expect(errors[0]).toBeInstanceOf(TypeError);
    expect(writer.lines).toMatchObject([
      { type: "dropped", from: 0, to: 0, seq: 1 },
      { type: "metrics", seq: 2 },
    ]);
  });
});

describe("records that come later", () => {
  it("have the seq of their call, and are dropped as one report when nothing will come any more", () => {
    const { writer, log, errors } = open();
    const first = log.reserve(stamp);
    const second = log.reserve(stamp);
    log.reserve(stamp);
    log.metrics(metrics, stamp);
    expect(log.reserved).toBe(3);
    second.write({ type: "output", stream: "stdout", text: "second" });
    second.write({ type: "output", stream: "stdout", text: "ignored" });
    log.dropReserved((count) => Object.assign(new Error(`${count}`), { code: "LATE" }));
    first.write({ type: "output", stream: "stdout", text: "ignored" });
    expect(log.nameDropped()).toBe(true);
    expect(writer.lines.map(({ type, seq, next, from, to }) => [type, seq, next, from, to])).toEqual([
      ["metrics", 3, undefined, undefined, undefined],
      ["output", 1, 4, undefined, undefined],
      ["dropped", 4, undefined, 0, 0],
      ["dropped", 5, undefined, 2, 2],
    ]);
    expect(errors).toMatchObject([{ code: "LATE", message: "2" }]);
    expect([log.dropped, log.reserved]).toEqual([2, 0]);
    expectValid(writer.lines);
  });

  it("leave no seq unaccounted for, and the last line tells the next one", () => {
    const step = fc.record({
      what: fc.constantFrom("log", "reserve", "write", "drop"),
      which: fc.nat(),
      room: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { writer, log } = open();
        const places: Reservation[] = [];
        const accounted: number[] = [];
        for (const { what, which, room } of steps) {
          writer.accepts = () => room;
          const [place] =
            what === "write" || what === "drop" ? places.splice(which % (places.length || 1), 1) : [];
          if (what === "log") log.metrics(metrics, stamp);
          else if (what === "reserve") places.push(log.reserve(stamp));
          else if (what === "write") place?.write({ type: "output", stream: "stdout", text: "late" });
          else place?.drop(new Error("dropped"));
        }
        writer.accepts = () => true;
        for (const place of places) place.write({ type: "output", stream: "stdout", text: "last" });
        log.nameDropped();
        for (const { type, seq, from, to } of writer.lines as Record<string, number>[]) {
          accounted.push(seq!);
          if ((type as unknown) !== "dropped") continue;
          for (let dropped = from!; dropped <= to!; dropped++) accounted.push(dropped);
        }
        expect(accounted.sort((a, b) => a - b)).toEqual(accounted.map((_, i) => i));
        const last = writer.lines.at(-1);
        if (last !== undefined) expect(last["next"] ?? (last["seq"] as number) + 1).toBe(accounted.length);
      }),
    );
  });
});
