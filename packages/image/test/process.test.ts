import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

const setUp = `
  import { image } from "@mlog/core";
  import { ImageEncoder, sharedEncoder } from "./src/index.ts";
  const picture = image({ data: Float32Array.from({ length: 3 * 200 * 200 }, (_, i) => Math.sin(i / 99)), shape: [3, 200, 200] });
`;

/** Runs a program to its natural end, and returns what it printed. */
async function run(program: string): Promise<string> {
  const args = ["--conditions=@mlog/source", "--input-type=module-typescript", "--eval", setUp + program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 30_000 });
  return stdout;
}

describe("a process", () => {
  it("ends by itself once there is no work, though nobody closes the encoder", async () => {
    const program = `await sharedEncoder().encode(picture); process.on("exit", () => console.log("ended"));`;
    expect(await run(program)).toBe("ended\n");
  });

  it("does not end before the pictures are made that it asked for", async () => {
    const program = `await sharedEncoder().encode(picture, { compressionLevel: 0 });
    for (const format of ["png", "webp"]) {
      sharedEncoder().encode(picture, { format }).then((made) => console.log(made.format));
    }`;
    expect((await run(program)).split("\n").toSorted()).toEqual(["", "png", "webp"]);
  });

  it("makes the same bytes as any other", async () => {
    const program = `
      const encoder = sharedEncoder();
      const files = [encoder.encode(picture), encoder.encode(picture, { format: "webp" }), encoder.contactSheet([picture])];
      for (const { sha256 } of await Promise.all(files)) console.log(sha256);`;
    const [one, other] = await Promise.all([run(program), run(program)]);
    expect(one).toMatch(/^([0-9a-f]{64}\n){3}$/);
    expect(other).toBe(one);
  });

  it("has one encoder that all share, which stays the same", async () => {
    expect(await run(`console.log(sharedEncoder() === sharedEncoder());`)).toBe("true\n");
  });
});
