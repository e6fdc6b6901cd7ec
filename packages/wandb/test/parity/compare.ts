import type { Leaf, ServerState } from "./server-state.ts";

/** Something in which two states may differ. */
export interface Difference {
  /** What it is, as the README has it. */
  readonly what: string;
  /** The paths of the values that it is about. */
  readonly where: readonly RegExp[];
  /** What must be the same in both all the same; without it, anything may stand there, or nothing. */
  readonly alike?: (value: Leaf | undefined) => unknown;
}

/** How two states compare. */
export interface Comparison {
  /** Differences that no entry of the list is about. */
  readonly unlisted: readonly string[];
  /** Entries of the list that nothing is left of. */
  readonly gone: readonly string[];
}

/** Compares all that two servers have; `rename` gives the path under which a value is compared. */
export function compare(
  first: ServerState,
  second: ServerState,
  differences: readonly Difference[],
  rename: (path: string) => string = (path) => path,
): Comparison {
  const [a, b] = [first, second].map(
    (state) => new Map([...state].map(([path, value]) => [rename(path), value])),
  );
  const unlisted: string[] = [];
  const met = new Set<Difference>();
  for (const path of new Set([...a!.keys(), ...b!.keys()])) {
    const [left, right] = [a!.get(path), b!.get(path)];
    if (Object.is(left, right)) continue;
    const listed = differences.find(
      ({ where, alike }) =>
        where.some((pattern) => pattern.test(path)) &&
        (alike === undefined || Object.is(alike(left), alike(right))),
    );
    if (listed === undefined) unlisted.push(`${path}: ${show(left)}, and ${show(right)}`);
    else met.add(listed);
  }
  return { unlisted, gone: differences.filter((each) => !met.has(each)).map(({ what }) => what) };
}

function show(value: Leaf | undefined): string {
  return value === undefined ? "nothing" : typeof value === "string" ? JSON.stringify(value) : String(value);
}
