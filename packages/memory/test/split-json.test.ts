import { image, Logger, State } from "@mlog/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InMemoryLogger, toSplitJson } from "../src/index.ts";

test("a table is JSON that gives back its columns and cells", () => {
  const table = fc.array(fc.string(), { minLength: 1, maxLength: 5 }).chain((columns) =>
    fc.record({
      name: fc.constant("t"),
      columns: fc.constant(columns),
      rows: fc.array(
        fc.array(fc.jsonValue() as fc.Arbitrary<never>, {
          minLength: columns.length,
          maxLength: columns.length,
        }),
      ),
    }),
  );
  fc.assert(
    fc.property(table, ({ name, columns, rows }) => {
      const expected = JSON.parse(JSON.stringify({ columns, data: rows })) as unknown;
      expect(JSON.parse(toSplitJson({ name, columns, rows }))).toEqual(expected);
    }),
  );
});

test("what JSON has no word for is null, digits, or the size of a picture", () => {
  const memory = new InMemoryLogger();
  const logger = new Logger(new State({ runName: "run" }), memory);
  const digit = image({ data: new Uint8Array(12), shape: [3, 2, 2] });
  logger.logTable(["cell"], [[NaN], [-Infinity], [2n ** 70n], [{ deep: [1n, NaN] }], [digit]]);
  expect(memory.tableJson("Table")).toBe(
    '{"columns":["cell"],"data":[[null],[null],[1180591620717411303424],[{"deep":[1,null]}],' +
      '[{"kind":"image","height":2,"width":2,"channels":3}]]}',
  );
  expect(memory.tables.pixelBytes).toBe(12);
});
