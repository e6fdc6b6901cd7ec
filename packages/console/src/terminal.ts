import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { shield } from "./write-line.ts";

/** Writes to a terminal past whatever listens to its stream, so that drawing is not mistaken for output. */
export interface Terminal {
  write(text: string): void;
  close(): void;
}

/**
 * Where the system allows it, a terminal that is held up (Ctrl-S) does not hold up who draws: what it does not
 * take now is left out.
 */
export function openTerminal(stream: WriteStream): Terminal {
  const fd = (stream as { fd?: unknown }).fd;
  if (process.platform === "linux" && typeof fd === "number") {
    try {
      return new OwnTerminal(
        openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
      );
    } catch {
      // Belongs to somebody else, as after `su`: then by the stream.
    }
  }
  return new StreamTerminal(stream);
}

class OwnTerminal implements Terminal {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch {
      // EAGAIN: it is held up. EIO: it is gone. Either way the next drawing begins anew.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

class StreamTerminal implements Terminal {
  readonly #stream: WriteStream;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    shield(stream);
  }

  write(text: string): void {
    // The stream's own write may have been replaced by what listens to it.
    const write = Writable.prototype.write as (chunk: string) => boolean;
    Reflect.apply(write, this.#stream, [text]);
  }

  close(): void {}
}
