import fc from "fast-check";
import { expect, test } from "vitest";
import { OutputLines } from "../src/sender/output-lines.ts";

const timestamp = { seconds: 1_700_000_000, nanos: 477_905_000 };
const TIME = "2023-11-14T22:13:20.477000";

test("pieces as Python's client writes them down are the lines that its wandb sync sends", () => {
  const lines = new OutputLines();
  const pieces: readonly (readonly [type: number | undefined, piece: string])[] = [
    [1, "hello"],
    [1, "\n"],
    [1, "two\nlines"],
    [undefined, "err"],
    [1, "\n"],
    [undefined, "\n"],
    [1, "no newline"],
    [1, " end\n"],
    [1, "progress 10\rprogress 2"],
    [1, "\r\n"],
    [1, "open"],
  ];
  const sent = pieces.flatMap(([type, line]) =>
    lines.add({ ...(type !== undefined && { output_type: type }), timestamp, line }),
  );
  expect(sent).toEqual([
    `${TIME} hello`,
    `${TIME} two`,
    `${TIME} lines`,
    `ERROR ${TIME} err`,
    `${TIME} no newline end`,
    `${TIME} progress 20`,
  ]);
  expect(lines.end()).toEqual([`${TIME} open`]);
  expect(lines.end()).toEqual([]);
});

test("text is the same lines however it comes in pieces", () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r") }));
  fc.assert(
    fc.property(pieces, (all) => {
      const linesOf = (texts: readonly string[]): readonly string[] => {
        const lines = new OutputLines();
        const sent = texts.flatMap((line) => lines.add({ output_type: 1, timestamp, line }));
        return [...sent, ...lines.end()];
      };
      expect(linesOf(all)).toEqual(linesOf([all.join("")]));
    }),
  );
});

test("a line without an end is ended by its length", () => {
  const lines = new OutputLines();
  const piece = { output_type: 1, timestamp, line: "x".repeat(600_000) };
  expect(lines.add(piece)).toEqual([]);
  expect(lines.add(piece).map(({ length }) => length)).toEqual([TIME.length + 1 + 1_200_000]);
  expect(lines.end()).toEqual([]);
});
