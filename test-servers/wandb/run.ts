import { parseExtended } from "./extended-json.ts";
import type { StreamState } from "./stream-state.ts";

/** A row of the history, or of the summary. */
export type Row = Readonly<Record<string, unknown>>;
/** The config as it is stored: each value in a wrapper. */
export type Config = Readonly<Record<string, { readonly value: unknown }>>;

/** What a file of a run came to. */
export interface RunFile {
  bytes: Buffer | undefined;
  /** Whether a PUT of these bytes was acknowledged since the run was last opened. */
  acknowledged: boolean;
  /** Whether the client has a URL for it that it has not tried. */
  hasUrl: boolean;
}

/** One run as the server holds it. */
export class Run {
  /** What the run is called in URLs. */
  readonly id: string;
  readonly storageId: string;
  readonly entity: string;
  readonly project: string;
  displayName: string;
  group: string | undefined;
  jobType: string | undefined;
  notes: string | undefined;
  host: string | undefined;
  program: string | undefined;
  tags: readonly string[] = [];
  config: Config = {};
  /** Lines as they were sent. */
  readonly history: string[] = [];
  readonly events: string[] = [];
  readonly output: string[] = [];
  /** As it was sent last. */
  summaryText: string | undefined;
  summaryOffset: number | undefined;
  /** By name; those that were asked for and never arrived have no bytes. */
  readonly files: Map<string, RunFile> = new Map();
  /** Names that file_stream called uploaded. */
  readonly uploaded: Set<string> = new Set();
  exitCode: number | undefined;
  complete = false;
  /** How often UpsertBucket resumed it. */
  resumed = 0;
  /** The lines of the history that were there when it was resumed last. */
  resumedAt = 0;
  /** A user pressed Stop. */
  stopped = false;
  /** RunResumeStatus was asked and no UpsertBucket came since. */
  statusAsked = false;
  readonly stream: StreamState = { inFlight: 0, arrivals: [] };

  constructor(identity: { id: string; storageId: string; entity: string; project: string }) {
    this.id = identity.id;
    this.storageId = identity.storageId;
    this.entity = identity.entity;
    this.project = identity.project;
    this.displayName = identity.id;
  }

  /** The history, parsed. */
  get rows(): readonly Row[] {
    return this.history.map((line) => parseExtended(line) as Row);
  }

  /** The summary, parsed; empty if none came. */
  get summary(): Row {
    return this.summaryText === undefined ? {} : (parseExtended(this.summaryText) as Row);
  }

  /** The config without wrappers and without what is the client's. */
  get plainConfig(): Readonly<Record<string, unknown>> {
    const own = Object.entries(this.config).filter(([key]) => key !== "_wandb");
    return Object.fromEntries(own.map(([key, { value }]) => [key, value]));
  }

  /** The bytes of a file that has arrived. */
  file(name: string): Buffer | undefined {
    return this.files.get(name)?.bytes;
  }
}
