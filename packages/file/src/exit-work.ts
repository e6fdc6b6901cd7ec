const works = new Set<() => void>();

function runAll(): void {
  for (const work of works) work();
}

/**
 * Does `work` when the process exits by itself, before the listeners that are there already: those of
 * the writers, so that what is written by it still reaches the disk. The returned function undoes it.
 */
export function beforeExit(work: () => void): () => void {
  if (works.size === 0) process.prependListener("exit", runAll);
  works.add(work);
  return () => {
    works.delete(work);
    if (works.size === 0) process.off("exit", runAll);
  };
}
