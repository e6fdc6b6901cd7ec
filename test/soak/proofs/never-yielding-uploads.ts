import assert from "node:assert/strict";
import { truncateSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeEnding, startChild } from "../child.ts";
import type { Input } from "../children/upload-and-never-yield.ts";
import type { Proof } from "../proof.ts";

/** How long the loop runs, in ms. */
const DURATION = 60_000;
const GIB = 1024 ** 3;
/** How long a call may hold the loop, in ms. */
const CALL_LIMIT = 2;

/** A loop that never yields hands over a file of 1 GiB and many small ones; they arrive meanwhile. */
export const neverYieldingUploads: Proof = {
  name: "never-yielding-uploads",
  async run({ folder, fraction }) {
    const duration = DURATION * fraction;
    const large = join(folder, "large");
    const small = join(folder, "small");
    const size = Math.floor(GIB * fraction);
    writeFileSync(small, "small");
    writeFileSync(large, "");
    truncateSync(large, size);
    const counts: number[] = [];
    let held = Infinity;
    const input: Input = { folder, large, small, duration };
    const child = startChild("upload-and-never-yield", input, {
      limit: duration + 120_000,
      onAcknowledgement({ kind, n }) {
        if (kind === "memory") held = n / 1000;
        else counts.push(n);
      },
    });
    const ending = await child.ended;
    assert.deepEqual([ending.code, ending.signal], [0, null], describeEnding(ending));
    const last = counts.at(-1) ?? 0;
    assert.ok(
      last >= (counts.length - 2) * 10,
      `objects must arrive from second to second: ${counts.join(", ")}`,
    );
    assert.equal(statSync(join(folder, "objects/large-1")).size, size);
    assert.ok(held <= CALL_LIMIT, `a call of uploadFile with the large file took ${held.toFixed(2)} ms`);
    return (
      `${duration / 1000} s without a turn of the event loop, ${last} of ${counts.length * 10 + 3} objects there at its end; ` +
      `a call of uploadFile with a file of ${size} bytes took ${held.toFixed(2)} ms`
    );
  },
};
