import type { WandbRecord } from "../wandb-file/messages.ts";
import type { RunStart } from "../run-settings.ts";
import { parseExtended, stringifyExtended } from "../extended-json.ts";
import { JsonTree } from "./json-tree.ts";

/** This package, as it names itself to W&B. */
export const CLIENT_VERSION = "1.0.0";

/** The config and the summary of a run, after the records so far. */
export class RunState {
  readonly config: JsonTree;
  readonly summary: JsonTree;

  constructor({ config, summary }: Pick<RunStart, "config" | "summary">) {
    this.config = JsonTree.parse(config);
    this.summary = JsonTree.parse(summary);
  }

  /** Returns what the record changed. */
  apply(record: WandbRecord): "config" | "summary" | undefined {
    if (record.summary !== undefined) {
      this.summary.apply(record.summary);
      return "summary";
    }
    const changes = record.config ?? record.run?.config;
    if (changes === undefined) return undefined;
    this.config.apply(changes);
    return "config";
  }

  /** The config as W&B wants it: each value in an object, and `_wandb` with what the client is. */
  printConfig(): string {
    const wrapped = new JsonTree();
    for (const [key, text] of this.config.entries()) {
      if (key !== "_wandb") wrapped.set([key, "value"], text);
    }
    wrapped.set(["_wandb", "value"], this.#printOwn());
    return wrapped.print();
  }

  #printOwn(): string {
    const own = JsonTree.parse(this.config.text("_wandb") ?? "{}");
    own.set(["cli_version"], stringifyExtended(CLIENT_VERSION));
    // A run without telemetry would count as not started when it is resumed. Its keys are those of
    // Python's: version of the client and of its core, platform.
    const platform = `${process.platform}-${process.arch}`;
    own.set(["t"], stringifyExtended({ "5": CLIENT_VERSION, "12": CLIENT_VERSION, "13": platform }));
    own.set(["m"], "[]");
    return own.print();
  }
}

/** The values of a config that came from W&B, without their wrappers. */
export function unwrapConfig(text: string): string {
  const wrapped = parseExtended(text) as Record<string, unknown> | null;
  const config = new JsonTree();
  for (const [key, entry] of Object.entries(wrapped ?? {})) {
    const { value } = (entry ?? {}) as { value?: Parameters<typeof stringifyExtended>[0] };
    if (value !== undefined) config.set([key], stringifyExtended(value));
  }
  return config.print();
}
