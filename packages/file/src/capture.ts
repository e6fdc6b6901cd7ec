import { LineJoiner } from "./line-joiner.ts";

/** What is tapped of a stream. */
export type Tapped = Pick<NodeJS.WriteStream, "write">;

/** Of the process. */
export type StreamName = "stdout" | "stderr";

type Write = Tapped["write"];

interface Tap {
  /** What `write` was, and whether the stream had it as a property of its own. */
  readonly original: Write;
  readonly own: boolean;
  active: boolean;
}

/** The functions that stand in for `write`, while they do. */
const taps = new WeakMap<Write, Tap>();

/**
 * Passes on each line that is written to a stream, after the stream has taken it. What the listener
 * itself writes is not passed on again, to whichever stream.
 */
export class Capture {
  readonly #onLine: (line: string, name: StreamName) => void;
  readonly #lines: LineJoiner[] = [];
  readonly #restores: (() => void)[] = [];
  #busy = false;

  constructor(onLine: (line: string, name: StreamName) => void) {
    this.#onLine = onLine;
  }

  /** Begins to listen to `stream`; its lines come with `name`. */
  add(stream: Tapped, name: StreamName): void {
    const lines = new LineJoiner((line) => this.#onLine(line, name));
    this.#lines.push(lines);
    this.#restores.push(tap(stream, (chunk, encoding) => this.#once(() => lines.add(chunk, encoding))));
  }

  /** Passes on the lines that have begun and not ended, as they are. */
  endLines(): void {
    for (const lines of this.#lines) this.#once(() => lines.end());
  }

  /** Gives the streams their own `write` back. */
  restore(): void {
    for (const restore of this.#restores.splice(0)) restore();
    this.endLines();
  }

  #once(work: () => void): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      work();
    } finally {
      this.#busy = false;
    }
  }
}

/** Lets `onWrite` see what is written. The returned function undoes it. */
function tap(stream: Tapped, onWrite: (chunk: unknown, encoding: unknown) => void): () => void {
  const state: Tap = { original: stream.write, own: Object.hasOwn(stream, "write"), active: true };
  const write = function (this: unknown, ...given: Parameters<Write>): boolean {
    const accepted = Reflect.apply(state.original, this, given);
    if (state.active) onWrite(given[0], given[1]);
    return accepted;
  } as Write;
  taps.set(write, state);
  stream.write = write;
  return () => {
    state.active = false;
    unwind(stream);
  };
}

/**
 * Takes off the taps that nobody needs any more. One that somebody else has wrapped stays where it is
 * and passes through, since taking it off would undo what was put on later.
 */
function unwind(stream: Tapped): void {
  for (;;) {
    const state = taps.get(stream.write);
    if (state === undefined || state.active) return;
    if (state.own) stream.write = state.original;
    else delete (stream as Partial<Tapped>).write;
  }
}
