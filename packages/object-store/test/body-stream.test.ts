import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { type ObjectBody, streamBody } from "../src/index.ts";

const BYTES = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) >>> 3));

async function fileWith(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-body-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return path;
}

function bodyOfRange(path: string, start: number, end: number): ObjectBody {
  return { source: { path, start, end }, size: end - start, checksums: { crc32: 0 } };
}

/** Takes each chunk a moment later, as a network does, and looks at it only then. */
class SlowSink extends Writable {
  readonly taken: Buffer[] = [];

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    setImmediate(() => {
      this.taken.push(Buffer.from(chunk));
      done();
    });
  }
}

test("any range of a file is piped as it is, to a sink that is slow", async () => {
  const path = await fileWith(BYTES);
  const range = fc
    .tuple(fc.nat(BYTES.length), fc.nat(BYTES.length))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  const property = fc.asyncProperty(range, async ([start = 0, end = 0]) => {
    const sink = new SlowSink();
    const finished = new Promise((resolve) => sink.once("finish", resolve));
    streamBody(bodyOfRange(path, start, end)).pipe(sink);
    await finished;
    expect(Buffer.concat(sink.taken).equals(BYTES.subarray(start, end))).toBe(true);
  });
  await fc.assert(property, { numRuns: 20 });
});

test.each([
  ["is missing", "/there/is/no/such/file", 10],
  ["is too short", import.meta.filename, 1e9],
])("a file that %s is an error of the stream", async (_, path, end) => {
  const stream = streamBody(bodyOfRange(path, 0, end));
  const failed = new Promise((resolve) => stream.once("error", resolve));
  stream.pipe(new SlowSink());
  expect(await failed).toMatchObject({ code: "BODY_UNREADABLE" });
});

test("a sink that goes away ends the reading", async () => {
  const path = await fileWith(BYTES);
  const sink = new SlowSink();
  const stream = streamBody(bodyOfRange(path, 0, BYTES.length));
  stream.once("error", (error) => expect.unreachable(String(error)));
  stream.pipe(sink);
  sink.destroy();
  await new Promise((resolve) => sink.once("close", resolve));
});
