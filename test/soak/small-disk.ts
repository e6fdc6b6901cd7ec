import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** A file system of its own, of one mebibyte. */
export interface SmallDisk {
  grow(): void;
  unmount(): void;
}

/** Mounts one at `folder`, where this process may do so; otherwise undefined. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  if (!run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)) return undefined;
  return {
    grow() {
      if (!run("mount", "-o", "remount,size=512m", folder)) throw new Error(`cannot grow ${folder}`);
    },
    unmount() {
      run("umount", folder);
    },
  };
}

function run(command: string, ...given: string[]): boolean {
  return spawnSync(command, given, { stdio: "ignore" }).status === 0;
}
