import { writeSync } from "node:fs";

/** A writer whose records must reach the file before the process ends. */
export interface Drainable {
  /** Writes what waits, on the calling thread, and says on stderr what cannot be written. */
  drainAtExit(): void;
}

const open = new Set<Drainable>();

function drainAll(): void {
  for (const writer of open) writer.drainAtExit();
}

/** Drains `writer` when the process exits by itself, by `process.exit` or by an uncaught error. */
export function drainOnExit(writer: Drainable): void {
  if (open.size === 0) process.on("exit", drainAll);
  open.add(writer);
}

/** Ends what {@link drainOnExit} began. */
export function forgetOnExit(writer: Drainable): void {
  open.delete(writer);
  if (open.size === 0) process.off("exit", drainAll);
}

/** Says what the end of the process loses: past `process.stderr`, which somebody may have redirected. */
export function reportLost(path: string, lost: number, reason: string): void {
  try {
    writeSync(2, `mlog: the last ${lost} records for ${JSON.stringify(path)} are lost: ${reason}\n`);
  } catch {
    // Nobody is left to be told.
  }
}
