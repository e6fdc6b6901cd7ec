import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

const RETURN = "\r";
const CONTROL_C = "\u0003";
/** Deletes what is left of the cursor. */
const CONTROL_U = "\u0015";

let folder: string;
beforeEach(async ({ skip }) => {
  if (process.platform !== "linux") skip("script(1), which gives a terminal, takes other flags elsewhere");
  folder = await mkdtemp(join(tmpdir(), "mlog-prompts-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the command at a terminal, and types each answer once its question stands there; gives the exit code. */
async function converse(
  ...answers: readonly (readonly [question: string, typed: string])[]
): Promise<number> {
  // The new terminal has no size.
  const command = `stty cols 120 rows 30; "${process.execPath}" "${join(import.meta.dirname, "../src/cli.ts")}"`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  const closed = once(child, "close");
  const waiting = [...answers];
  let shown = "";
  for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    shown += text;
    if (!shown.includes(waiting[0]?.[0] ?? "\0")) continue;
    shown = "";
    child.stdin.write(waiting.shift()![1]);
  }
  expect(waiting).toEqual([]);
  return (await closed)[0] as number;
}

describe("at a terminal", () => {
  it("asks for everything, and offers what follows from the answers before", async () => {
    const code = await converse(
      ["Which folder?", `${CONTROL_U}shelf${RETURN}`],
      ["What is the package called?", RETURN],
      ["What is it, in one sentence?", `${CONTROL_U}Puts runs on a shelf.${RETURN}`],
      ["Who holds the copyright?", `${CONTROL_U}Ada${RETURN}`],
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(join(folder, "shelf/package.json"), "utf8"))).toMatchObject({
      name: "shelf",
      description: "Puts runs on a shelf.",
      author: "Ada",
    });
  });

  it("asks again for a name that is none", async () => {
    const code = await converse(
      ["Which folder?", RETURN],
      ["What is the package called?", `${CONTROL_U}Not A Name${RETURN}`],
      ["is no package name", `${CONTROL_U}mlog-shelf${RETURN}`],
      ["What is it, in one sentence?", RETURN],
      ["Who holds the copyright?", RETURN],
    );
    expect(code).toBe(0);
    const text = await readFile(join(folder, "mlog-destination-example/package.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      name: "mlog-shelf",
      description: "An mlog destination: shelf.",
    });
  });

  it("writes nothing when it is broken off", async () => {
    expect(await converse(["Which folder?", RETURN], ["What is the package called?", CONTROL_C])).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });
});
