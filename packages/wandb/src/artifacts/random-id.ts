import { randomBytes } from "node:crypto";

const LENGTH = 128;

/** An id that a client gives an artifact: 128 characters of `[a-z0-9]`. */
export function randomId(): string {
  let id = "";
  while (id.length < LENGTH) {
    // Of a byte, 252 values are seven for each of the 36 characters.
    for (const byte of randomBytes(LENGTH)) if (byte < 252) id += (byte % 36).toString(36);
  }
  return id.slice(0, LENGTH);
}
