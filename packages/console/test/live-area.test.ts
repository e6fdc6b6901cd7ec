import fc from "fast-check";
import { expect, test } from "vitest";
import { LiveArea } from "../src/live-area.ts";
import { Screen } from "./screen.ts";

const chunk = fc.oneof(
  fc.constantFrom(
    "\n",
    "word ",
    "a longer piece of text",
    "日本",
    "one\ntwo\n",
    "under\rover",
    "x".repeat(40),
    "\tt\t",
    "\u001b[31mred\u001b[0m",
    "",
  ),
  fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "é", "語"), maxLength: 60 }),
);
const step = fc.oneof(
  { weight: 2, arbitrary: chunk.map((text) => ({ text, lines: 0 })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((lines) => ({ text: "", lines })) },
);

test("output is the same with and without a live area below it, whatever comes in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const plain = new Screen();
      const live = new Screen();
      const area = new LiveArea(live.stream, [], () => undefined);
      for (const { text, lines } of steps) {
        if (lines > 0) area.draw(Array.from({ length: lines }, (_, i) => `BAR ${i} ${"=".repeat(100)}`));
        plain.write(text);
        live.write(text);
      }
      area.draw(["BAR end"]);
      area.close();
      const expected = await plain.lines();
      const seen = await live.lines();
      expect(seen.at(-1)).toBe("BAR end");
      const above = seen.slice(0, -1);
      while (above.at(-1) === "") above.pop();
      expect(above).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("a line that is too wide is cut and never wraps", async () => {
  const screen = new Screen(20);
  const area = new LiveArea(screen.stream, [], () => undefined);
  area.draw(["語".repeat(30), "ascii"]);
  area.draw(["b", "c"]);
  area.close();
  expect(await screen.lines()).toEqual(["b", "c"]);
});

test("after closing, streams have their own write again, also where somebody else put one on later", () => {
  const screen = new Screen();
  const own = screen.write;
  const area = new LiveArea(screen.stream, [], () => undefined);
  expect(screen.write).not.toBe(own);
  area.close();
  expect(screen.write).toBe(own);
  expect(Object.hasOwn(screen, "write")).toBe(false);

  const wrapped = new LiveArea(screen.stream, [], () => undefined);
  const below = screen.write;
  const later = ((...given: Parameters<typeof below>) => Reflect.apply(below, screen, given)) as typeof below;
  screen.write = later;
  wrapped.close();
  expect(screen.write).toBe(later);
  screen.write("still\n");
  expect(screen.bytes).toContain("still");
});
