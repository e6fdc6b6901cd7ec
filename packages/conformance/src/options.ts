import { type Kind, type StampField, STAMP_FIELDS } from "./subject.ts";

/** What the rules are about; each group can be switched off. */
export const GROUPS = [
  "verbs",
  "stamps",
  "snapshots",
  "order",
  "beforeInit",
  "isolation",
  "flush",
  "twoPhaseClose",
  "idempotentClose",
  "lateCalls",
  "delivery",
  "boundedMemory",
  "noThrow",
  "names",
  "badInput",
  "processEnd",
] as const;

/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** What a destination can do, so that it is not tested for what it never promised. */
export interface Capabilities {
  /** What it keeps of what is logged. `"file"`: it takes files. */
  readonly keeps: readonly Kind[];
  /** What it keeps of the stamp of a metric. Default: everything. */
  readonly stamps?: readonly StampField[];
  /** What comes back in the order of the calls: `"all"` records, those of a `"kind"`, those of a `"name"` (default). */
  readonly order?: "all" | "kind" | "name";
  /** The sinks that the factory can make beside one that works. Default: none. */
  readonly sinks?: readonly ("fails" | "hangs")[];
}

/** How a destination is to be tested. */
export interface ConformanceOptions {
  readonly capabilities: Capabilities;
  /** Groups to leave out. Say why in a comment beside it. */
  readonly groups?: Partial<Readonly<Record<Group, false>>>;
  /**
   * The module that exports the factory as `createSubject`, for a process of its own: `new URL("./subject.ts",
   * import.meta.url)`. Without it, the group `processEnd` is left out.
   */
  readonly module?: URL;
  /** How long one call may take before it counts as hanging, in ms. Default: 4000. */
  readonly deadline?: number;
  /** By how many bytes memory may grow while the sink hangs. Default: 64 MiB, twice what a destination may hold. */
  readonly memory?: number;
}

/** Options with their defaults. */
export type Settings = Required<Capabilities> & {
  readonly module: URL | undefined;
  readonly deadline: number;
  readonly memory: number;
};

/** Fills in the defaults. */
export function readSettings({ capabilities, module, deadline, memory }: ConformanceOptions): Settings {
  return {
    keeps: capabilities.keeps,
    stamps: capabilities.stamps ?? STAMP_FIELDS,
    order: capabilities.order ?? "name",
    sinks: capabilities.sinks ?? [],
    module,
    deadline: deadline ?? 4000,
    memory: memory ?? 64 * 1024 * 1024,
  };
}
