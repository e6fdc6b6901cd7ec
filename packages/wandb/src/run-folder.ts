import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MlogError } from "@mlog/core";
import type { RunSettings, RunStart } from "./run-settings.ts";

/** What `mlog-run.json` holds: what a later process needs to finish the run. */
export interface RunFile {
  readonly version: 1;
  readonly settings: RunSettings;
  /** Missing until the server has answered. */
  readonly start?: RunStart;
  /** The process that logs, while it does. */
  readonly pid?: number;
}

/** The folder of one run, and the names of what is in it. */
export class RunFolder {
  readonly path: string;
  readonly runId: string;

  constructor(path: string, runId: string) {
    this.path = path;
    this.runId = runId;
  }

  /** What `wandb sync` reads, and what we send. */
  get wandbFile(): string {
    return join(this.path, `run-${this.runId}.wandb`);
  }

  /** Every call, until the run is complete in {@link wandbFile}. */
  get capture(): string {
    return join(this.path, `run-${this.runId}.capture.jsonl`);
  }

  /** What was made of tables, pictures and files: a line for each. */
  get made(): string {
    return join(this.path, `run-${this.runId}.made.jsonl`);
  }

  /** Says that everything has arrived; under the name that `wandb sync` uses. */
  get synced(): string {
    return `${this.wandbFile}.synced`;
  }

  get files(): string {
    return join(this.path, "files");
  }

  get artifacts(): string {
    return join(this.path, "artifacts");
  }

  /** Copies of files that become artifacts, each in a folder of its own. */
  get staged(): string {
    return join(this.path, "staged");
  }

  /** Everything has arrived: notes it, and removes the copies of what are artifacts now. */
  markSent(): void {
    writeFileSync(this.synced, "");
    try {
      for (const copies of [this.artifacts, this.staged]) rmSync(copies, { recursive: true, force: true });
    } catch {
      // What is left takes room, and does no other harm.
    }
  }

  get #runFile(): string {
    return join(this.path, "mlog-run.json");
  }

  readRun(): RunFile | undefined {
    return existsSync(this.#runFile)
      ? (JSON.parse(readFileSync(this.#runFile, "utf8")) as RunFile)
      : undefined;
  }

  writeRun(run: RunFile): void {
    // Whole or not at all, whatever happens meanwhile.
    const temporary = `${this.#runFile}.new`;
    writeFileSync(temporary, JSON.stringify(run, undefined, 2));
    renameSync(temporary, this.#runFile);
  }
}

/** Makes the folder of a new run below `<dir>/wandb`; throws what `node:fs` throws. */
export function createRunFolder(
  dir: string,
  mode: "online" | "offline",
  runId: string,
  time: number,
): RunFolder {
  const parent = join(dir, "wandb");
  mkdirSync(parent, { recursive: true });
  const prefix = mode === "offline" ? "offline-run" : "run";
  // The name tells seconds; a second run of the same id within one takes the next that is free.
  for (let second = 0; ; second++) {
    const path = join(parent, `${prefix}-${compactTime(time + second * 1000)}-${runId}`);
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as { code?: unknown }).code === "EEXIST") continue;
      throw error;
    }
    const folder = new RunFolder(path, runId);
    mkdirSync(folder.files);
    mkdirSync(join(path, "logs"));
    return folder;
  }
}

/** @throws MlogError `WANDB_FOLDER_INVALID`: there is no run in it */
export function openRunFolder(path: string): RunFolder {
  const names = existsSync(path) ? readdirSync(path) : [];
  for (const name of names) {
    const runId = /^run-(.+)\.(?:wandb|capture\.jsonl)$/.exec(name)?.[1];
    if (runId !== undefined) return new RunFolder(path, runId);
  }
  throw new MlogError(
    "WANDB_FOLDER_INVALID",
    `${JSON.stringify(path)} is no folder of a run: it must hold a file run-<id>.wandb`,
  );
}

function compactTime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
