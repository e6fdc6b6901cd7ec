import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describeEnding, startChild } from "../child.ts";
import { openUploads } from "../children/parted-store.ts";
import type { Input } from "../children/upload-files.ts";
import { type Proof, sampled } from "../proof.ts";

/** Files that each process uploads; every third is sent in parts, every tenth while it is copied for a while. */
const FILES = 50;
const MIB = 1024 * 1024;

/**
 * Processes are killed while they upload, each while it also finishes what those before it left. In the
 * end every file that was staged has arrived, no file is there in part, and nothing is left behind.
 */
export const killsDuringUploads: Proof = {
  name: "kills-during-uploads",
  async run(setting) {
    const { folder, random } = setting;
    const kills = sampled(setting, 100);
    const sources = join(folder, "sources");
    const stagingFolder = join(folder, "staging");
    mkdirSync(sources);
    // The first process may be killed before it makes it.
    mkdirSync(stagingFolder);
    const block = Buffer.from(Array.from({ length: MIB }, () => random.below(256)));
    const contents = Array.from({ length: FILES }, (_, n) => {
      if (n % 10 === 9)
        return Buffer.concat([Buffer.from(`${n}`), ...Array.from({ length: 3 + (n % 3) }, () => block)]);
      const size = n % 3 === 0 ? 20_001 + random.below(80_000) : random.below(20_000);
      return Buffer.from(Array.from({ length: size }, () => random.below(256)));
    });
    for (const [n, bytes] of contents.entries()) writeFileSync(join(sources, String(n)), bytes);
    const store = { folder: join(folder, "store"), delay: 5 };
    const staged = new Set<number>();
    let leftOpen = 0;
    let cutShort = 0;
    for (let kill = 0; kill <= kills; kill++) {
      const isLast = kill === kills;
      const range = { from: kill * FILES, to: (kill + 1) * FILES };
      const input: Input = { store, stagingFolder, sources, ...range };
      const child = startChild("upload-files", input, {
        limit: 120_000,
        onAcknowledgement: ({ kind, n }) => void (kind === "flushed" && staged.add(n)),
      });
      if (!isLast) {
        if (random.chance(0.9)) await child.first(random.chance(0.5) ? "ready" : "flushed");
        await setTimeout(random.next() * 400);
        child.kill();
      }
      const ending = await child.ended;
      const isExpected = isLast ? ending.code === 0 : ending.signal === "SIGKILL" || ending.code === 0;
      assert.ok(isExpected, describeEnding(ending));
      leftOpen += (await openUploads(store.folder)).length;
      cutShort += copiesCutShort(stagingFolder);
    }
    // However slow the machine is: kills that come before anything is sent show nothing.
    assert.ok(leftOpen > 0 || kills < 30, "no process was killed with an upload in parts open");
    assert.ok(cutShort > 0 || kills < 30, "no process was killed while it copied what it sent");
    let arrived = 0;
    for (let n = 0; n < (kills + 1) * FILES; n++) {
      const path = join(store.folder, "objects/files", String(n));
      const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
      assert.ok(isThere || !staged.has(n), `file ${n} was staged and has not arrived`);
      if (!isThere) continue;
      arrived++;
      assert.ok(readFileSync(path).equals(contents[n % FILES]!), `file ${n} is not as it was uploaded`);
    }
    assert.deepEqual(await openUploads(store.folder), [], "uploads in parts left open");
    const [staging] = readdirSync(stagingFolder);
    assert.deepEqual(readdirSync(join(stagingFolder, staging!)), ["store.json"], "left in staging");
    return (
      `${kills} processes killed, ${staged.size} files staged and all arrived, ${arrived - staged.size} more too, ` +
      `${leftOpen} uploads in parts found open after kills and none at the end, ${cutShort} copies cut short`
    );
  },
};

/** Files that were sent already and not copied as yet when their process ended, by its journal. */
function copiesCutShort(stagingFolder: string): number {
  const uncopied = new Set<string>();
  const paths = readdirSync(stagingFolder, { recursive: true, encoding: "utf8" });
  for (const path of paths.filter((name) => name.endsWith("journal.jsonl"))) {
    for (const line of readFileSync(join(stagingFolder, path), "utf8").split("\n")) {
      const [, type, id = ""] = /^\{"v":1,"type":"(\w+)".*?"id":"(\w+)"/.exec(line) ?? [];
      if (type === "copying") uncopied.add(id);
      if (type === "copied" || type === "done" || type === "discarded") uncopied.delete(id);
    }
  }
  return uncopied.size;
}
