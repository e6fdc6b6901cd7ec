import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type LoggerDestination, MlogError, type State } from "@mlog/core";
import { FileLogger } from "@mlog/file";
import { loadPeer } from "../load-peer.ts";

/** Where a replay goes. */
export interface Target {
  /** The destinations of a rank, made anew for each. */
  make(rank: number, state: State): readonly LoggerDestination[];
  /** What is not needed any more after a replay that went well. */
  cleanUp?(): Promise<void>;
}

type Destination<Options> = new (options: Options) => LoggerDestination;

/** For the help. */
export const TARGETS = `  file:FOLDER               a log below FOLDER, as FileLogger writes it
  tensorboard:FOLDER        event files below FOLDER (@mlog/tensorboard)
  wandb[:[ENTITY/]PROJECT]  Weights & Biases (@mlog/wandb)
  s3://BUCKET[/PREFIX]      segments of the log and its pictures (@mlog/s3)
  azure://CONTAINER[/PREFIX]
                            the same, to Azure Blob Storage (@mlog/azure)
  console                   lines on stdout (@mlog/console)
Credentials come from the environment, as those packages read it. A target may be repeated; all are served at once.`;

/**
 * Reads what the user gave for `--to`.
 *
 * @throws MlogError `INVALID_ARGUMENT`, `PACKAGE_MISSING`
 */
export async function readTarget(text: string): Promise<Target> {
  const [, kind = "", rest = ""] = /^([a-z0-9]+)(?::(.*))?$/s.exec(text) ?? [];
  switch (kind) {
    case "file":
      return fileTarget(required(kind, rest));
    case "tensorboard":
      return tensorboardTarget(required(kind, rest));
    case "wandb":
      return wandbTarget(rest);
    case "s3":
      return s3Target(text);
    case "azure":
      return azureTarget(text);
    case "console":
      return consoleTarget();
    default:
      throw new MlogError(
        "INVALID_ARGUMENT",
        `--to takes no ${describe(text)}: mlog replay --help lists the targets`,
      );
  }
}

function required(kind: string, rest: string): string {
  if (rest !== "") return rest;
  throw new MlogError("INVALID_ARGUMENT", `--to ${kind} needs a folder: ${kind}:FOLDER`);
}

function fileTarget(root: string): Target {
  return { make: () => [quietFile(root)] };
}

/** What this process prints is none of the run's. */
function quietFile(root: string): FileLogger {
  return new FileLogger({ root, captureStdout: false, captureStderr: false });
}

async function tensorboardTarget(logDir: string): Promise<Target> {
  const { TensorboardLogger } = await loadPeer<{ TensorboardLogger: Destination<{ logDir: string }> }>(
    "@mlog/tensorboard",
    "--to tensorboard",
  );
  return { make: () => [new TensorboardLogger({ logDir })] };
}

async function wandbTarget(name: string): Promise<Target> {
  const { WandBLogger } = await loadPeer<{
    WandBLogger: Destination<{ entity?: string; project?: string; rankZeroOnly: boolean }>;
  }>("@mlog/wandb", "--to wandb");
  const [project, entity] = name.split("/").toReversed();
  const where = { ...(project ? { project } : {}), ...(entity ? { entity } : {}) };
  return { make: () => [new WandBLogger({ ...where, rankZeroOnly: false })] };
}

async function s3Target(uri: string): Promise<Target> {
  const { S3Logger } = await loadPeer<{ S3Logger: Destination<string> }>("@mlog/s3", "--to s3");
  return uploadTarget(() => new S3Logger(uri));
}

async function azureTarget(uri: string): Promise<Target> {
  const { AzureBlobLogger } = await loadPeer<{ AzureBlobLogger: Destination<string> }>(
    "@mlog/azure",
    "--to azure",
  );
  return uploadTarget(() => new AzureBlobLogger(uri));
}

/** A store takes files, so a `FileLogger` makes them, in a folder that goes when all has arrived. */
async function uploadTarget(makeUploader: () => LoggerDestination): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-replay-"));
  return {
    make: () => [quietFile(folder), makeUploader()],
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  };
}

async function consoleTarget(): Promise<Target> {
  const { ConsoleLogger } = await loadPeer<{
    ConsoleLogger: Destination<{ stream: "stdout"; quiet: boolean; logTraces: boolean }>;
  }>("@mlog/console", "--to console");
  return { make: () => [new ConsoleLogger({ stream: "stdout", quiet: false, logTraces: true })] };
}
