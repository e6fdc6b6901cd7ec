import { describe, MlogRangeError, MlogTypeError } from "@mlog/core";
import type { Timing } from "./client/timing.ts";
import type { Caption } from "./media/captions.ts";

/** What {@link WandBLogger} may be told. What is not given comes from `WANDB_*` when the run starts. */
export interface WandBLoggerOptions {
  /** Default: `WANDB_PROJECT`, else `"uncategorized"`. */
  project?: string;
  /** The user or team that has the project. Default: `WANDB_ENTITY`, else that of the account. */
  entity?: string;
  /** Runs of one group are shown together. Default: `WANDB_RUN_GROUP`. */
  group?: string;
  /** How the run is shown. Default: `WANDB_NAME`, else the run name of the `State`. */
  name?: string;
  /** 1 to 64 characters each. Default: `WANDB_TAGS`, separated by commas. */
  tags?: readonly string[];
  /** Default: `WANDB_NOTES`. */
  notes?: string;
  /** Such as `"train"`. Default: `WANDB_JOB_TYPE`. */
  jobType?: string;
  /** The id in the URL of the run, unique in its project. Default: `WANDB_RUN_ID`, else eight characters by chance. */
  id?: string;
  /**
   * Go on with the run `id`: `"must"` be there, `"allow"` both, `"never"` be there. Default: `WANDB_RESUME`,
   * else it is not asked. Offline it cannot be.
   */
  resume?: "must" | "allow" | "never";
  /**
   * `"offline"` writes a folder that `wandb sync` and {@link uploadRun} send later; `"disabled"` does nothing.
   * Default: `WANDB_MODE`, else `"online"`.
   */
  mode?: "online" | "offline" | "disabled";
  /** Make an artifact of each file that is uploaded. Default: false, and this destination takes no files. */
  logArtifacts?: boolean;
  /** Only the process of rank 0 logs. Default: true. False: each rank has a run of its own. */
  rankZeroOnly?: boolean;
  /** The folder that `wandb/` is made in. Default: `WANDB_DIR`, else the working directory. */
  dir?: string;
  /** Default: `WANDB_API_KEY`, else the password for the server's host in `~/.netrc`. */
  apiKey?: string;
  /** Default: `WANDB_BASE_URL`, else `https://api.wandb.ai`. */
  baseUrl?: string;
  /**
   * Says what stands below each picture of `logImages`, as `({ name, index, step }) => string | undefined`; called while
   * the pictures are logged. If it fails, they come without captions. Default: none has one.
   */
  caption?: Caption;
  /** Keep what the process prints until the run is closed, as `output.log`. Default: false. */
  captureConsole?: boolean;
  /** Through the own client, or through `@wandb/sdk`, which can do less. Default: `"own"`. */
  transport?: "own" | "sdk";
  /** For tests, and servers that want it slower: other waits than the official client's. */
  timing?: Partial<Timing>;
}

type Kind = "string" | "boolean" | "function" | "strings" | "timing" | readonly string[];

const KINDS: { readonly [Name in keyof Required<WandBLoggerOptions>]: Kind } = {
  project: "string",
  entity: "string",
  group: "string",
  name: "string",
  tags: "strings",
  notes: "string",
  jobType: "string",
  id: "string",
  resume: ["must", "allow", "never"],
  mode: ["online", "offline", "disabled"],
  logArtifacts: "boolean",
  rankZeroOnly: "boolean",
  dir: "string",
  apiKey: "string",
  baseUrl: "string",
  caption: "function",
  captureConsole: "boolean",
  transport: ["own", "sdk"],
  timing: "timing",
};

/**
 * A checked copy.
 *
 * @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option
 */
export function readOptions(options: WandBLoggerOptions): WandBLoggerOptions {
  if (typeof options !== "object" || options === null) {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `the options of WandBLogger must be an object, not ${describe(options)}`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name as keyof WandBLoggerOptions] : undefined;
    if (kind === undefined) {
      throw new MlogTypeError(
        "INVALID_ARGUMENT",
        `WandBLogger has no option ${describe(name)}; it has ${Object.keys(KINDS).join(", ")}`,
      );
    }
    check(name, kind, value);
  }
  return Object.fromEntries(given);
}

function check(name: string, kind: Kind, value: unknown): void {
  // A key that is wrong may be half right: it is not shown.
  const shown = name === "apiKey" ? "what was given" : describe(value);
  if (typeof kind === "object") {
    if (kind.includes(value as string)) return;
    const choices = kind.map((choice) => JSON.stringify(choice)).join(", ");
    const Kind = typeof value === "string" ? MlogRangeError : MlogTypeError;
    throw new Kind("INVALID_ARGUMENT", `${name} must be one of ${choices}, not ${shown}`);
  }
  if (kind === "string" && value === "") {
    throw new MlogRangeError("INVALID_ARGUMENT", `${name} must not be empty: leave it out instead`);
  }
  const isStrings = Array.isArray(value) && value.every((element) => typeof element === "string");
  const isNumbers =
    typeof value === "object" && Object.values(value ?? { no: "" }).every((ms) => Number(ms) >= 0);
  const isRight = kind === "strings" ? isStrings : kind === "timing" ? isNumbers : typeof value === kind;
  if (isRight) return;
  const wanted = {
    string: "a string",
    boolean: "a boolean",
    function: "a function",
    strings: "an array of strings",
    timing: "an object of ms",
  };
  throw new MlogTypeError("INVALID_ARGUMENT", `${name} must be ${wanted[kind]}, not ${shown}`);
}
