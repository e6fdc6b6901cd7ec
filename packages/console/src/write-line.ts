const shielded = new WeakSet<NodeJS.WritableStream>();

/**
 * From now on an error of the stream does not end the process: a reader that goes away (`| head`) or a terminal that
 * is closed must not end a training. It stays so, since errors come after the write that they belong to.
 */
export function shield(stream: NodeJS.WritableStream): void {
  if (shielded.has(stream)) return;
  shielded.add(stream);
  stream.on("error", () => undefined);
}

/** Writes a line, or several, past whatever goes wrong. */
export function writeLine(stream: NodeJS.WritableStream, text: string): void {
  shield(stream);
  stream.write(`${text}\n`);
}
