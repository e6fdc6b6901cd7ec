import { hostname } from "node:os";
import { MlogError } from "@mlog/core";
import { TIMING } from "./client/timing.ts";
import { RecordSource } from "./sender/record-source.ts";
import type { RunSettings } from "./run-settings.ts";
import { appUrlOf, readAddress } from "./settings.ts";
import type { RunRecord } from "./wandb-file/messages.ts";
import { timeOf } from "./wandb-file/timestamp.ts";

/** What a `.wandb` file says of its run, where nothing else does: Python's client wrote it. */
export function settingsOfFile(path: string, env: NodeJS.ProcessEnv): RunSettings {
  const run = findRun(path);
  const { baseUrl } = readAddress({}, env);
  return {
    mode: "offline",
    runId: run.run_id ?? "",
    entity: run.entity || undefined,
    project: run.project || "uncategorized",
    name: run.display_name || (run.run_id ?? ""),
    group: run.run_group || undefined,
    jobType: run.job_type || undefined,
    notes: run.notes || undefined,
    tags: run.tags,
    resume: undefined,
    baseUrl,
    appUrl: env["WANDB_APP_URL"] || appUrlOf(baseUrl),
    startTime: timeOf(run.start_time ?? {}),
    host: run.host || hostname(),
    timing: TIMING,
  };
}

function findRun(path: string): RunRecord {
  const source = new RecordSource(path);
  try {
    for (let record = source.next(); record !== undefined; record = source.next()) {
      if (record.run !== undefined) return record.run;
    }
  } finally {
    source.close();
  }
  throw new MlogError("WANDB_FOLDER_INVALID", `${JSON.stringify(path)} does not say what run it is of`);
}
