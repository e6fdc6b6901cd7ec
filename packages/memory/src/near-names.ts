const SUGGESTIONS = 3;
/** Longer names are compared by their beginnings, so that an error message costs little. */
const COMPARED_LENGTH = 64;

/** The known names that `name` may have been meant as, best first: few edits apart, or one within the other. */
export function nearNames(name: string, known: Iterable<string>): string[] {
  const wanted = simplify(name);
  const found: { candidate: string; distance: number }[] = [];
  for (const candidate of known) {
    const simple = simplify(candidate);
    const contained =
      wanted !== "" && (simple.includes(wanted) || (simple !== "" && wanted.includes(simple)));
    const distance = edits(wanted, simple);
    if (contained || distance <= Math.max(1, wanted.length / 3)) found.push({ candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance);
  return found.slice(0, SUGGESTIONS).map(({ candidate }) => candidate);
}

function simplify(name: string): string {
  return name.slice(0, COMPARED_LENGTH).toLowerCase();
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
