import { Readable, type Writable } from "node:stream";
import { CHUNK, type FileRange, type ObjectBody, openToRead, readBody, tooShort } from "./object-body.ts";

/**
 * A body as the stream that HTTP clients take. They pipe it into a request, which here reads into two
 * buffers in turn: new ones for each chunk would cost memory and time. It emits `error` with
 * `BODY_UNREADABLE` if the file is not there, not readable or too short.
 */
export function streamBody(body: ObjectBody, signal?: AbortSignal): Readable {
  const stream = Readable.from(readBody(body, signal), { objectMode: false, highWaterMark: CHUNK });
  const { source } = body;
  if (source instanceof Uint8Array) return stream;
  const pipe = <Destination extends Writable>(destination: Destination): Destination => {
    sendFile(source, new Sink(destination)).catch((error: unknown) => stream.destroy(error as Error));
    return destination;
  };
  return Object.assign(stream, { pipe });
}

async function sendFile({ path, start, end }: FileRange, sink: Sink): Promise<void> {
  const file = await openToRead(path);
  try {
    let [free, used] = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)];
    let written = Promise.resolve(true);
    for (let at = start; at < end;) {
      const { bytesRead } = await file.read(free, 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) throw tooShort(path, at, end);
      if (!(await written)) return;
      written = sink.write(free.subarray(0, bytesRead));
      [free, used] = [used, free];
      at += bytesRead;
    }
    if (await written) sink.end();
  } finally {
    await file.close();
  }
}

/** Where bytes go, for as long as it takes them. */
class Sink {
  readonly #destination: Writable;
  #settle: ((taken: boolean) => void) | undefined;

  constructor(destination: Writable) {
    this.#destination = destination;
    // A request that has no connection yet forgets its callbacks when it ends.
    destination.once("close", () => this.#settle?.(false));
  }

  /** Resolves when the bytes may be overwritten: to false if no more are taken. */
  write(bytes: Uint8Array): Promise<boolean> {
    if (this.#destination.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#destination.write(bytes, (error) => resolve(error === null || error === undefined));
    });
  }

  end(): void {
    this.#destination.end();
  }
}
