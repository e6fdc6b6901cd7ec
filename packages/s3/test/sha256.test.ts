import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Sha256 } from "../src/sha256.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

test("the digest is that of all data, of those since it was reset, however they came", async () => {
  const property = fc.asyncProperty(fc.array(bytes), fc.array(bytes), async (before, after) => {
    const sum = new Sha256();
    for (const [index, chunks] of [before, after].entries()) {
      if (index > 0) sum.reset();
      for (const chunk of chunks) sum.update(chunk);
      const expected = createHash("sha256").update(Buffer.concat(chunks)).digest();
      for (let time = 0; time < 2; time++) expect(Buffer.from(await sum.digest())).toEqual(expected);
    }
  });
  await fc.assert(property);
});

test("with a secret it is an HMAC, whatever the secret is made of", async () => {
  const property = fc.asyncProperty(bytes, bytes, fc.nat(9), async (secret, data, start) => {
    const part = new DataView(secret.buffer, Math.min(start, secret.length));
    const whole = new Uint8Array(secret).buffer;
    for (const key of [secret, whole, part, Buffer.from(secret).toString("hex")]) {
      const plain =
        typeof key === "string" ? key : Buffer.from(key === part ? secret.subarray(start) : secret);
      const expected = createHmac("sha256", plain).update(data).digest();
      // The second time it knows the key.
      for (let time = 0; time < 2; time++) {
        const sum = new Sha256(key);
        sum.update(data);
        expect(Buffer.from(await sum.digest())).toEqual(expected);
      }
    }
  });
  await fc.assert(property);
});
