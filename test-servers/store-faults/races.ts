import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openStore } from "@mlog/object-store";
import { expect, onTestFinished, test } from "vitest";
import type { StoreSubject } from "./store-subject.ts";

const LARGE = 65 * 2 ** 20;

/** A process that is ready to upload a file, and does so at `go`. */
interface Racer {
  go(): void;
  /** `uploaded`, or the code and message of an error. */
  readonly outcome: Promise<string>;
}

async function startRacer(...args: string[]): Promise<Racer> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@mlog/source",
      fileURLToPath(new URL("./children/upload-once.ts", import.meta.url)),
      ...args,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<string> => (await lines.next()).value ?? "ended without a word";
  expect(await read()).toBe("ready");
  return { go: () => void child.stdin.write("go"), outcome: read() };
}

type Race = [what: string, texts: readonly [string, string], size: number];

/**
 * That of two processes which make the same object exactly one does, and the other is told.
 *
 * @param inParts - Whether the store itself decides that of objects in parts too.
 */
export function races(subject: () => StoreSubject, inParts = true): void {
  const whole: Race[] = [
    ["with other bytes", ["one", "two"], 3],
    ["with equal bytes", ["one", "one"], 3],
  ];
  const parted: Race = ["with equal bytes, in parts", ["one", "one"], LARGE];
  test.for<Race>(inParts ? [...whole, parted] : whole)(
    "of two processes without overwrite exactly one wins, %s",
    async ([, texts, size]) => {
      const folder = await mkdtemp(join(tmpdir(), "mlog-race-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const module = subject().storeAt(subject().endpoint);
      const name = `race-${texts.join("-")}-${size}`;
      const racers = await Promise.all(
        texts.map(async (text, racer) => {
          const path = join(folder, `${racer}`);
          await writeFile(path, text);
          await truncate(path, size);
          return startRacer(name, path, join(folder, `staging-${racer}`), JSON.stringify(module));
        }),
      );
      for (const racer of racers) racer.go();
      const outcomes = await Promise.all(racers.map(({ outcome }) => outcome));
      const winner = outcomes.indexOf("uploaded");
      expect(outcomes).toContain("uploaded");
      expect(outcomes[1 - winner]).toMatch(/^OBJECT_EXISTS .*race-.* exists already, .* set overwrite$/);
      const store = await openStore(module);
      onTestFinished(() => store.close?.());
      const { body, info } = await store.get(name);
      expect(info.size).toBe(size);
      const [first] = await Array.fromAsync(body);
      expect(Buffer.from(first!).toString("utf8", 0, 3)).toBe(texts[winner]);
      expect(await store.multipart?.list(name)).toEqual([]);
    },
  );
}
