import type { Timing } from "./client/timing.ts";

/** What a run is to be, as plain data: it crosses to the worker and lies in the run's folder. No secret is in it. */
export interface RunSettings {
  readonly mode: "online" | "offline";
  readonly runId: string;
  /** Undefined: the default of the account. */
  readonly entity: string | undefined;
  readonly project: string;
  readonly name: string;
  readonly group: string | undefined;
  readonly jobType: string | undefined;
  readonly notes: string | undefined;
  readonly tags: readonly string[];
  readonly resume: "must" | "allow" | "never" | undefined;
  readonly baseUrl: string;
  readonly appUrl: string;
  /** Unix ms. */
  readonly startTime: number;
  readonly host: string;
  readonly timing: Timing;
}

/** What is known of a run once the server has answered. */
export interface RunStart {
  readonly entity: string;
  readonly project: string;
  readonly displayName: string;
  /** The lines that the run had before, and that ours come after. */
  readonly historyOffset: number;
  readonly outputOffset: number;
  /** Earlier steps cannot be logged. */
  readonly firstStep: number;
  /** What the run took before, in seconds. */
  readonly runtimeOffset: number;
  /** Config and summary of before, as extended JSON. The config is without its `value` wrappers. */
  readonly config: string;
  readonly summary: string;
}

/** A run that nothing was sent of: what an offline run begins with. */
export function freshStart({ entity, project, name }: RunSettings): RunStart {
  return {
    entity: entity ?? "",
    project,
    displayName: name,
    historyOffset: 0,
    outputOffset: 0,
    firstStep: 0,
    runtimeOffset: 0,
    config: "{}",
    summary: "{}",
  };
}
