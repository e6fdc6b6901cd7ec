import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-flood.ts";

/** The default of `@mlog/image`. */
const BOUND_MIB = 256;
/** What V8 has not collected yet of copies that were refused or are encoded, and what core keeps to be used again. */
const GARBAGE_MIB = 896;

export async function flood({ quick, rounds = 1 }: Options): Promise<Target[]> {
  const pictures = quick ? 500 : 10_000;
  printHeading(
    `flood: ${pictures} pictures of 1 megapixel, RGB, as fast as the loop can`,
    `At the bound (${BOUND_MIB} MiB) the newest picture is refused. Pending: the most that waited, MiB. RSS: the most that the
process grew, MiB; it includes copies that are refused or encoded, and not collected yet. Call: ms per \`logImages\`,
of which most is the copy.`,
  );
  const program = new URL("measure-flood.ts", import.meta.url);
  const cases = (["uint8", "float32"] as const).flatMap((dtype) =>
    [false, true].map((yields) => ({
      name: `${dtype}, ${yields ? "a turn per picture" : "never yields"}`,
      program,
      parameters: { dtype, yields, pictures } as Parameters,
    })),
  );
  const found = await interleave(cases, rounds);
  const figures = ["encoded", "refused", "pending", "rss", "ms"];
  printTable(
    ["encoded", "refused", "pending", "RSS", "call"],
    cases.map(({ name }) => ({ name, cells: figures.map((figure) => found.of(name, figure)) })),
  );
  return cases.flatMap(({ name }) => [
    { what: `flood, ${name}: pending MiB`, values: found.of(name, "pending"), atMost: BOUND_MIB },
    { what: `flood, ${name}: RSS MiB`, values: found.of(name, "rss"), atMost: BOUND_MIB + GARBAGE_MIB },
  ]);
}
