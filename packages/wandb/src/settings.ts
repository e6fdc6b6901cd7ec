import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { describe, MlogError, MlogRangeError, type State } from "@mlog/core";
import { findApiKey } from "./api-key.ts";
import { TIMING } from "./client/timing.ts";
import type { WandBLoggerOptions } from "./options.ts";
import type { RunSettings } from "./run-settings.ts";

/** What a run of this process is to be. */
export interface Settings {
  readonly run: RunSettings;
  /** The folder that `wandb/` is in. */
  readonly dir: string;
  /** Undefined in offline mode. */
  readonly apiKey: string | undefined;
}

/**
 * Options, environment and state together; undefined if this process is not to log: disabled, or of
 * another rank.
 *
 * @throws MlogRangeError `INVALID_ARGUMENT`; MlogError `WANDB_NO_API_KEY`
 */
export function readSettings(
  options: WandBLoggerOptions,
  env: NodeJS.ProcessEnv,
  state: Pick<State, "runName" | "ranks" | "now">,
): Settings | undefined {
  const { rankZeroOnly = true } = options;
  const mode = options.mode ?? choice(env, "WANDB_MODE", ["online", "offline", "disabled"]) ?? "online";
  const { rank, worldSize } = state.ranks;
  if (mode === "disabled" || (rankZeroOnly && rank !== 0)) return undefined;
  const name = options.name ?? text(env, "WANDB_NAME") ?? state.runName;
  const id = options.id ?? text(env, "WANDB_RUN_ID");
  const suffix = rankZeroOnly ? "" : `-rank${rank}`;
  const resume = options.resume ?? readResume(env);
  const baseUrl = readUrl(options.baseUrl ?? text(env, "WANDB_BASE_URL") ?? "https://api.wandb.ai");
  const run: RunSettings = {
    mode,
    // Of several processes with one id, each needs its own run.
    runId: checkRunId(id === undefined ? randomRunId() : worldSize > 1 ? id + suffix : id),
    entity: options.entity ?? text(env, "WANDB_ENTITY"),
    project: checkProject(options.project ?? text(env, "WANDB_PROJECT") ?? "uncategorized"),
    name: name + suffix,
    group: options.group ?? text(env, "WANDB_RUN_GROUP") ?? (rankZeroOnly ? undefined : name),
    jobType: options.jobType ?? text(env, "WANDB_JOB_TYPE"),
    notes: options.notes ?? text(env, "WANDB_NOTES"),
    tags: checkTags(options.tags ?? text(env, "WANDB_TAGS")?.split(",") ?? []),
    resume: mode === "offline" ? undefined : resume,
    baseUrl,
    appUrl: text(env, "WANDB_APP_URL") ?? appUrlOf(baseUrl),
    startTime: state.now(),
    host: text(env, "WANDB_HOST") ?? hostname(),
    timing: { ...TIMING, ...options.timing },
  };
  const apiKey = mode === "online" ? findApiKey(options.apiKey, baseUrl, env) : undefined;
  return { run, dir: resolve(options.dir ?? text(env, "WANDB_DIR") ?? "."), apiKey };
}

/** Entity and project as far as they are known without a server: for downloads. */
export function readAddress(
  options: WandBLoggerOptions,
  env: NodeJS.ProcessEnv,
): { readonly entity: string | undefined; readonly project: string | undefined; readonly baseUrl: string } {
  return {
    entity: options.entity ?? text(env, "WANDB_ENTITY"),
    project: options.project ?? text(env, "WANDB_PROJECT"),
    baseUrl: readUrl(options.baseUrl ?? text(env, "WANDB_BASE_URL") ?? "https://api.wandb.ai"),
  };
}

/** Where people look at what the server has. */
export function appUrlOf(baseUrl: string): string {
  if (baseUrl.includes("://api.wandb.test")) return baseUrl.replace("://api.", "://app.");
  return baseUrl.replace("://api.wandb.", "://wandb.").replace("://api.", "://app.");
}

/** An empty variable is one that is not set. */
function text(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function choice<Value extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const value = text(env, name);
  if (value === undefined || values.includes(value as Value)) return value as Value | undefined;
  throw new MlogRangeError(
    "INVALID_ARGUMENT",
    `${name} must be one of ${values.join(", ")}, not ${describe(value)}`,
  );
}

function readResume(env: NodeJS.ProcessEnv): RunSettings["resume"] {
  const value = choice(env, "WANDB_RESUME", ["must", "allow", "never", "true", "1"]);
  return value === "true" || value === "1" ? "allow" : value;
}

function readUrl(url: string): string {
  const isUrl = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isUrl || new URL(url).username !== "" || new URL(url).password !== "") {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      "the base URL must be one of http or https, without credentials in it",
    );
  }
  return url.replace(/\/+$/, "");
}

function checkRunId(id: string): string {
  // Beside W&B's own rule: the id is part of the names of files.
  if (id.trim() === id && /^[^:;,#?/'\\\0]+$/.test(id) && id !== "." && id !== ".." && id.length <= 128)
    return id;
  throw new MlogRangeError(
    "INVALID_ARGUMENT",
    `the run id must be 1 to 128 characters without : ; , # ? / ' \\ and without spaces around, not ${describe(id)}`,
  );
}

function checkProject(project: string): string {
  if (project.length <= 128 && /^[^/\\#?%:\r\n]+$/.test(project)) return project;
  throw new MlogRangeError(
    "INVALID_ARGUMENT",
    `the project must be 1 to 128 characters without / \\ # ? % : and line breaks, not ${describe(project)}`,
  );
}

function checkTags(tags: readonly string[]): readonly string[] {
  const unique = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ""))];
  const wrong = unique.find((tag) => tag.length > 64);
  if (wrong === undefined) return unique;
  throw new MlogRangeError("INVALID_ARGUMENT", `a tag has at most 64 characters, not ${describe(wrong)}`);
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

function randomRunId(): string {
  return Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** The page of a run. */
export function runUrl(appUrl: string, entity: string, project: string, runId: string): string {
  return `${appUrl}/${[entity, project, "runs", runId].map(encodeURIComponent).join("/")}`;
}

/** @throws MlogError `WANDB_NO_ADDRESS` */
export function noAddress(): MlogError {
  return new MlogError(
    "WANDB_NO_ADDRESS",
    "a download needs an entity and a project: set both, or wait until the run has started",
  );
}
