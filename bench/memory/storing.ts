import type { Case } from "../harness/measure.ts";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-store.ts";
import type { StoreName } from "./stores.ts";

const STORES: readonly StoreName[] = ["array", "mlog", "objects", "Composer"];
const METRICS = 100;

/** Objects are built per call as a loop does, and once more made beforehand so that only storing is timed. */
export async function storing(options: Options): Promise<Target[]> {
  return [...(await store(options, false)), ...(await store(options, true))];
}

async function store({ quick, rounds = quick ? 1 : 5 }: Options, prepared: boolean): Promise<Target[]> {
  const calls = quick ? 20_000 : 100_000;
  const objects = prepared ? "made beforehand" : "built per call";
  printHeading(
    `${calls * METRICS} points: ${calls} calls of ${METRICS} metrics, objects ${objects}`,
    `ns per point, and bytes per point that stay in the heap and in array buffers after garbage collection. Everybody
advances the same State once per call. "array" is one Float64Array of the final size, "objects" an object of value
and timestamp per point in a list per metric, "Composer" the same with all that its InMemoryLogger does. "CPU" is that
of all threads, the garbage collector's helpers included.`,
  );
  const found = await interleave(
    STORES.map((name): Case => ({
      name,
      program: new URL("./measure-store.ts", import.meta.url),
      parameters: { store: name, calls, metrics: METRICS, prepared } satisfies Parameters,
    })),
    rounds,
  );
  printTable(
    ["ns/point", "x array", "x mlog", "CPU", "bytes/point"],
    STORES.map((name) => ({
      name,
      cells: [
        found.of(name, "ns"),
        found.ratio(name, "array", "ns"),
        found.ratio(name, "mlog", "ns"),
        found.of(name, "cpuNs"),
        found.of(name, "bytes"),
      ],
    })),
  );
  const difference = found
    .of("mlog", "sum")
    .map((sum, i) => Math.abs(sum / found.of("array", "sum")[i]! - 1));
  return [
    { what: `${objects}: mlog / array`, values: found.ratio("mlog", "array", "ns"), atMost: 2.5 },
    // Storing is compared with storing: what the loop itself spends on building an object is in both.
    ...(prepared
      ? [{ what: `${objects}: objects / mlog`, values: found.ratio("objects", "mlog", "ns"), atLeast: 12 }]
      : []),
    { what: `${objects}: bytes per point`, values: found.of("mlog", "bytes"), atMost: 10 },
    { what: `${objects}: sum of all points against the array's`, values: difference, atMost: 1e-9 },
  ];
}
