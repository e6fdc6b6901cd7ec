import { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capture, type Tapped } from "../src/capture.ts";

/** A stream that keeps its bytes, as a terminal would show them. */
class Terminal extends Writable {
  shown: Buffer = Buffer.alloc(0);

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.shown = Buffer.concat([this.shown, chunk]);
    done();
  }
}

type Stream = Terminal & Tapped;

function terminal(): Stream {
  return new Terminal();
}

function captured(stream: Stream): { lines: string[]; capture: Capture } {
  const lines: string[] = [];
  const capture = new Capture((line) => lines.push(line));
  capture.add(stream, "stdout");
  return { lines, capture };
}

describe("captured output", () => {
  it("still reaches the terminal, as it was written", () => {
    const stream = terminal();
    captured(stream);
    stream.write("a\nb");
    stream.write(Buffer.from([0xff, 0x0a]));
    expect(stream.shown).toEqual(Buffer.from([0x61, 0x0a, 0x62, 0xff, 0x0a]));
  });

  it("is passed on line by line, however it was cut into writes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "é", "\u{1F600}", "\n", "\r") }), { minLength: 1 }),
        fc.array(fc.nat({ max: 12 })),
        (texts, cuts) => {
          const stream = terminal();
          const { lines, capture } = captured(stream);
          const bytes = Buffer.from(texts.join(""));
          let start = 0;
          for (const cut of [...cuts, bytes.length]) {
            stream.write(bytes.subarray(start, start + cut));
            start += cut;
            if (start >= bytes.length) break;
          }
          if (start < bytes.length) stream.write(bytes.subarray(start));
          capture.restore();
          const expected = texts.join("").split("\n");
          const last = expected.pop()!;
          const ended = expected.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
          expect(lines).toEqual(last === "" ? ended : [...ended, last]);
          expect(stream.shown.equals(bytes)).toBe(true);
        },
      ),
    );
  });

  it("is decoded as the stream does", () => {
    const stream = terminal();
    const { lines } = captured(stream);
    stream.write("68c3a90a", "hex");
    stream.write("aGkK", "base64");
    stream.write("é\n", "utf8");
    stream.write(new Uint8Array([0x7a, 0x0a]));
    stream.write("\u00c3\u00a9\n", "latin1");
    expect(lines).toEqual(["hé", "hi", "é", "z", "é"]);
  });

  it("does not change what write returns, calls back and throws", async () => {
    const stream = new Writable({
      highWaterMark: 4,
      write: (_chunk, _encoding, done) => setImmediate(done),
    }) as never as Stream;
    const { lines } = captured(stream);
    expect(stream.write("ab\n")).toBe(true);
    expect(stream.write("cd\n")).toBe(false);
    await new Promise<void>((resolve) => stream.write("ef\n", () => resolve()));
    await new Promise<void>((resolve) => stream.write("gh\n", "utf8", () => resolve()));
    expect(() => stream.write(5 as never)).toThrow(TypeError);
    expect(lines).toEqual(["ab", "cd", "ef", "gh"]);
  });

  it("does not go round in circles when the listener writes itself", () => {
    const stdout = terminal();
    const stderr = terminal();
    const lines: string[] = [];
    const capture = new Capture((line, name) => {
      lines.push(`${name}: ${line}`);
      stdout.write("listener\n");
      stderr.write("listener\n");
    });
    capture.add(stdout, "stdout");
    capture.add(stderr, "stderr");
    stdout.write("one\n");
    stderr.write("two\n");
    expect(lines).toEqual(["stdout: one", "stderr: two"]);
    expect(stdout.shown.toString()).toBe("one\nlistener\nlistener\n");
  });

  it("cuts a line that never ends, so that it does not wait in memory", () => {
    const stream = terminal();
    const { lines, capture } = captured(stream);
    for (let i = 0; i < 200; i++) stream.write("x".repeat(1000));
    expect(lines.length).toBeGreaterThanOrEqual(2);
    stream.write(`${"y".repeat(150_000)}\n`);
    capture.restore();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(66_536);
    expect(lines.join("")).toBe("x".repeat(200_000) + "y".repeat(150_000));
  });
});

describe("a stream after the capture", () => {
  it("has its own write again", () => {
    const stream = terminal();
    const before = stream.write;
    const { capture } = captured(stream);
    expect(stream.write).not.toBe(before);
    capture.restore();
    expect(stream.write).toBe(before);
    expect(Object.hasOwn(stream, "write")).toBe(false);
  });

  it("has the write again that somebody had put on before", () => {
    const stream = terminal();
    const before: Stream["write"] = () => true;
    stream.write = before;
    captured(stream).capture.restore();
    expect(stream.write).toBe(before);
  });

  it("keeps a wrapper that was put on later, and is no longer listened to", () => {
    const stream = terminal();
    const { capture, lines } = captured(stream);
    const inner = stream.write;
    const seen: unknown[] = [];
    const later = function (this: unknown, ...given: unknown[]): boolean {
      seen.push(given[0]);
      return Reflect.apply(inner, this, given) as boolean;
    } as Stream["write"];
    stream.write = later;
    capture.restore();
    expect(stream.write).toBe(later);
    stream.write("after\n");
    expect(seen).toEqual(["after\n"]);
    expect(lines).toEqual([]);
    expect(stream.shown.toString()).toBe("after\n");
  });

  it("is free again after several captures, in whichever order they end", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [1, 2, 0],
    ]) {
      const stream = terminal();
      const before = stream.write;
      const captures = [captured(stream), captured(stream), captured(stream)];
      stream.write("all\n");
      for (const i of order) captures[i]!.capture.restore();
      expect(captures.map(({ lines }) => lines)).toEqual([["all"], ["all"], ["all"]]);
      expect(stream.write).toBe(before);
    }
  });
});
