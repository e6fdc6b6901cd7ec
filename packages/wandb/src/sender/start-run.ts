import { MlogError } from "@mlog/core";
import type { Connection } from "../client/connection.ts";
import { RUN_RESUME_STATUS, SERVER_FEATURES, UPSERT_BUCKET, VIEWER } from "../client/operations.ts";
import { UPSERT } from "../client/retry.ts";
import { type ExtendedJson, parseExtended } from "../extended-json.ts";
import { RunState, unwrapConfig } from "../records/run-state.ts";
import { freshStart, type RunSettings, type RunStart } from "../run-settings.ts";

/** A run as the server has it now. */
interface Bucket {
  readonly id: string;
  readonly displayName: string | null;
  readonly summaryMetrics: string | null;
  readonly logLineCount: number | null;
  readonly historyLineCount: number | null;
  readonly historyTail: string | null;
  readonly config: string | null;
  readonly wandbConfig: string | null;
}

/** What {@link startRun} found. */
export interface Started {
  readonly start: RunStart;
  /** Lines of this session that the server has already. */
  readonly sentRows: number;
  readonly sentOutput: number;
  /** Whether the server takes compressed lines. */
  readonly takesGzip: boolean;
}

/**
 * Makes the run known to the server, or finds it again: `saved` is what the server said when this session
 * began, if it did.
 *
 * @throws MlogError `WANDB_RESUME_FAILED`, or a code of the connection
 */
export async function startRun(
  connection: Connection,
  settings: RunSettings,
  { saved, isLate }: { readonly saved: RunStart | undefined; readonly isLate: boolean },
  signal: AbortSignal,
): Promise<Started> {
  const entity = saved?.entity ?? settings.entity ?? (await defaultEntity(connection, signal));
  const project = saved?.project ?? settings.project;
  const takesGzip = (await askFeatures(connection, signal)).has("FILESTREAM_GZIP");
  const asks = settings.resume !== undefined || isLate;
  const bucket = asks ? await findRun(connection, entity, project, settings.runId, signal) : undefined;
  const resumed = saved === undefined ? resume(settings, bucket) : undefined;
  const before: RunStart = saved ?? { ...freshStart(settings), ...resumed, entity, project };
  const isKnown = saved !== undefined && bucket !== undefined;
  const answer = await upsert(connection, settings, before, { id: bucket?.id, isKnown }, signal);
  if (saved !== undefined) {
    return {
      start: saved,
      sentRows: Math.max(0, (bucket?.historyLineCount ?? 0) - saved.historyOffset),
      sentOutput: Math.max(0, (bucket?.logLineCount ?? 0) - saved.outputOffset),
      takesGzip,
    };
  }
  const start: RunStart = {
    ...before,
    entity: answer.project.entity.name,
    project: answer.project.name,
    displayName: answer.displayName ?? before.displayName,
    historyOffset: answer.historyLineCount ?? 0,
  };
  return { start, sentRows: 0, sentOutput: 0, takesGzip };
}

async function defaultEntity(connection: Connection, signal: AbortSignal): Promise<string> {
  const { viewer } = await connection.graphql<{ viewer: { entity?: string | null } | null }>(
    VIEWER,
    {},
    signal,
  );
  if (viewer?.entity) return viewer.entity;
  throw new MlogError(
    "WANDB_UNAUTHORIZED",
    "W&B knows no account for this API key: check the key, or set entity",
  );
}

interface FeaturesAnswer {
  readonly serverInfo: {
    readonly features: readonly ({ readonly name: string; readonly isEnabled: boolean } | null)[] | null;
  } | null;
}

/** What the server can do beyond what all can. Older ones do not know the question. */
async function askFeatures(connection: Connection, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    const { serverInfo } = await connection.graphql<FeaturesAnswer>(SERVER_FEATURES, {}, signal);
    const enabled = (serverInfo?.features ?? []).filter((feature) => feature?.isEnabled === true);
    return new Set(enabled.map((feature) => feature!.name));
  } catch (error) {
    if (signal.aborted) throw error;
    return new Set();
  }
}

async function findRun(
  connection: Connection,
  entity: string,
  project: string,
  name: string,
  signal: AbortSignal,
): Promise<Bucket | undefined> {
  const { model } = await connection.graphql<{ model: { bucket: Bucket | null } | null }>(
    RUN_RESUME_STATUS,
    { entity, project, name },
    signal,
  );
  return model?.bucket ?? undefined;
}

function resume(
  { resume: how, runId }: RunSettings,
  bucket: Bucket | undefined,
): Partial<RunStart> | undefined {
  // What was only created, and never logged to, has no telemetry.
  const telemetry = parseObject(bucket?.wandbConfig)["t"];
  const exists = bucket !== undefined && telemetry !== undefined && telemetry !== null;
  if (how === "must" && !exists) {
    throw new MlogError(
      "WANDB_RESUME_FAILED",
      `resume is "must", and there is no run ${JSON.stringify(runId)}`,
    );
  }
  if (how === "never" && exists) {
    throw new MlogError(
      "WANDB_RESUME_FAILED",
      `resume is "never", and there is a run ${JSON.stringify(runId)} already: take another id`,
    );
  }
  if (!exists || how === undefined) return undefined;
  const summary = bucket.summaryMetrics ?? "{}";
  const lastStep = lastRow(bucket)["_step"];
  const runtime = parseObject(summary)["_runtime"];
  return {
    ...(bucket.displayName !== null && { displayName: bucket.displayName }),
    outputOffset: bucket.logLineCount ?? 0,
    firstStep: typeof lastStep === "number" ? lastStep + 1 : 0,
    runtimeOffset: typeof runtime === "number" && runtime > 0 ? runtime : 0,
    config: unwrapConfig(bucket.config ?? "{}"),
    summary,
  };
}

/** The tail is a JSON string that holds an array of JSON strings. */
function lastRow({ historyTail, historyLineCount }: Bucket): Readonly<Record<string, ExtendedJson>> {
  if (!historyLineCount || historyTail === null) return {};
  const lines = parseExtended(historyTail);
  const last = Array.isArray(lines) ? (lines as readonly ExtendedJson[]).at(-1) : undefined;
  return typeof last === "string" ? parseObject(last) : {};
}

function parseObject(text: string | null | undefined): Readonly<Record<string, ExtendedJson>> {
  const value = parseExtended(text ?? "{}");
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, ExtendedJson>>)
    : {};
}

interface UpsertedBucket {
  readonly displayName: string | null;
  readonly project: { readonly name: string; readonly entity: { readonly name: string } };
  readonly historyLineCount: number | null;
}

async function upsert(
  connection: Connection,
  settings: RunSettings,
  start: RunStart,
  { id, isKnown }: { readonly id: string | undefined; readonly isKnown: boolean },
  signal: AbortSignal,
): Promise<UpsertedBucket> {
  const names = { name: settings.runId, project: start.project, entity: start.entity };
  // Null leaves unchanged, what people may have changed meanwhile.
  const all = {
    groupName: settings.group ?? null,
    displayName: settings.name,
    notes: settings.notes ?? null,
    config: new RunState(start).printConfig(),
    host: settings.host,
    jobType: settings.jobType ?? null,
    tags: settings.tags.length > 0 ? settings.tags : null,
  };
  const variables = { id: id ?? null, ...names, ...(isKnown ? {} : all) };
  const { upsertBucket } = await connection.graphql<{ upsertBucket: { bucket: UpsertedBucket } }>(
    UPSERT_BUCKET,
    variables,
    signal,
    UPSERT,
  );
  return upsertBucket.bucket;
}

/** Sends the whole config of a run that is known to the server. */
export async function sendConfig(
  connection: Connection,
  runId: string,
  start: RunStart,
  config: string,
  signal: AbortSignal,
): Promise<void> {
  const variables = { name: runId, project: start.project, entity: start.entity, config };
  await connection.graphql(UPSERT_BUCKET, variables, signal, UPSERT);
}
