import { basename } from "node:path";
import type { Stamp, TimestampFields, UploadRequest } from "@mlog/core";
import type { ArtifactContent } from "./artifacts/artifact.ts";
import { randomId } from "./artifacts/random-id.ts";

/** Composer's names of a timestamp's fields, as they stand in the metadata. */
const FIELDS: Readonly<Record<keyof TimestampFields, string>> = {
  iteration: "iteration",
  epoch: "epoch",
  batch: "batch",
  sample: "sample",
  token: "token",
  epochInIteration: "epoch_in_iteration",
  tokenInIteration: "token_in_iteration",
  batchInEpoch: "batch_in_epoch",
  sampleInEpoch: "sample_in_epoch",
  tokenInEpoch: "token_in_epoch",
  totalWct: "total_wct",
  iterationWct: "iteration_wct",
  epochWct: "epoch_wct",
  batchWct: "batch_wct",
};

/** A name that W&B takes: every other character becomes a point. */
export function cleanName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9\-_.]/g, ".");
}

/** The artifact that a file becomes, as Composer has it. `staged` is the copy of the file. */
export function artifactOf(request: UploadRequest, { timestamp }: Stamp, staged: string): ArtifactContent {
  const name = cleanName(request.remoteFileName);
  const extension = name.slice(name.lastIndexOf(".") + 1);
  const metadata = Object.fromEntries(
    Object.entries(FIELDS).map(([field, key]) => {
      const value = timestamp[field as keyof TimestampFields];
      return [`timestamp/${key}`, key.endsWith("_wct") ? duration(value) : value];
    }),
  );
  return {
    name,
    type: extension === "pt" ? "model" : extension,
    aliases: ["latest", `ep${timestamp.epoch}-ba${timestamp.batch}`],
    metadata: JSON.stringify(metadata),
    clientId: randomId(),
    sequenceClientId: randomId(),
    entries: [{ path: basename(request.filePath), sourcePath: staged }],
  };
}

/** As Python prints a `timedelta`: `1 day, 2:03:04.500000`. */
export function duration(ms: number): string {
  const micros = Math.round(ms * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(micros / 1e6);
  const days = Math.floor(seconds / 86_400);
  const clock = `${Math.floor(seconds / 3600) % 24}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = micros % 1e6 === 0 ? "" : `.${String(micros % 1e6).padStart(6, "0")}`;
  return `${days === 0 ? "" : `${days} day${days === 1 ? "" : "s"}, `}${clock}${fraction}`;
}
