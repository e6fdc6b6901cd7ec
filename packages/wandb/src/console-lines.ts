import { StringDecoder } from "node:string_decoder";

type Stream = Pick<NodeJS.WriteStream, "write">;

/**
 * Tells of each whole line that is written to a stream, after the stream has taken it. The returned
 * function tells of a line that has begun, and gives the stream its `write` back, unless somebody else has
 * replaced it since.
 */
export function watchLines(stream: Stream, onLine: (line: string) => void): () => void {
  const { write } = stream;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isTelling = false;
  let isWatching = true;
  const tell = (chunk: unknown): void => {
    rest += typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk as Uint8Array));
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  };
  const watched = function (this: unknown, ...given: Parameters<Stream["write"]>): boolean {
    const accepted = Reflect.apply(write, this, given);
    // What the listener itself prints is not told again.
    if (isTelling || !isWatching) return accepted;
    isTelling = true;
    try {
      tell(given[0]);
    } finally {
      isTelling = false;
    }
    return accepted;
  } as Stream["write"];
  stream.write = watched;
  return () => {
    isWatching = false;
    if (rest !== "") onLine(rest);
    rest = "";
    if (stream.write === watched) stream.write = write;
  };
}
