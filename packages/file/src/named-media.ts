import { createReadStream } from "node:fs";

const REFERENCE = /"file":"media\/([0-9a-f]{64}\.(?:png|webp))"/g;
/** No reference is longer, so that none is missed where two blocks of the file meet. */
const OVERLAP = 100;

/** The files that the bytes of a log from `start` to before `end` refer to, in their order. */
export async function* namedMedia(path: string, start: number, end: number): AsyncIterable<string> {
  let rest = "";
  for await (const block of createReadStream(path, { start, end: end - 1, highWaterMark: 1024 * 1024 })) {
    const text = rest + (block as Buffer).toString("latin1");
    let seen = 0;
    for (const reference of text.matchAll(REFERENCE)) {
      yield reference[1]!;
      seen = reference.index + reference[0].length;
    }
    rest = text.slice(Math.max(seen, text.length - OVERLAP));
  }
}
