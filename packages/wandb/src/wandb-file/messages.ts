import { decodeMessage, encodeMessage, type MessageType } from "./protobuf.ts";

/** A key with its value as extended JSON: `key`, or `nested_key` where the value lies inside objects. */
export interface Item {
  readonly key?: string;
  readonly nested_key?: readonly string[];
  readonly value_json?: string;
}

/** Changes of a config or a summary. */
export interface Changes {
  readonly update: readonly Item[];
  readonly remove: readonly Item[];
}

/** One row of a run's history. */
export interface HistoryRecord {
  readonly item: readonly Item[];
  readonly step?: { readonly num?: number };
}

/** Seconds and nanoseconds since 1970. */
export interface TimestampMessage {
  readonly seconds?: number;
  readonly nanos?: number;
}

/** What a run is. */
export interface RunRecord {
  readonly run_id?: string;
  readonly entity?: string;
  readonly project?: string;
  readonly config?: Changes;
  readonly run_group?: string;
  readonly job_type?: string;
  readonly display_name?: string;
  readonly notes?: string;
  readonly tags: readonly string[];
  readonly host?: string;
  readonly starting_step?: number;
  readonly start_time?: TimestampMessage;
  readonly telemetry?: {
    readonly cli_version?: string;
    readonly core_version?: string;
    readonly platform?: string;
  };
}

/** An artifact, with where its files are on this machine. */
export interface ArtifactRecord {
  readonly run_id?: string;
  readonly project?: string;
  readonly entity?: string;
  readonly type?: string;
  readonly name?: string;
  readonly digest?: string;
  readonly description?: string;
  readonly metadata?: string;
  readonly user_created?: number;
  readonly aliases: readonly string[];
  readonly manifest?: {
    readonly version?: number;
    readonly storage_policy?: string;
    readonly storage_policy_config: readonly { readonly key?: string; readonly value_json?: string }[];
    readonly contents: readonly ManifestEntry[];
  };
  readonly finalize?: number;
  readonly client_id?: string;
  readonly sequence_client_id?: string;
  /** The step of the row that was open. Python's records have no such field, and its readers skip it. */
  readonly history_step?: number;
}

/** One file of an artifact. */
export interface ManifestEntry {
  readonly path?: string;
  /** Base64 of the MD5. */
  readonly digest?: string;
  readonly ref?: string;
  /** In bytes. */
  readonly size?: number;
  readonly local_path?: string;
}

/** One record of a `.wandb` file; beside `num`, exactly one field is there. */
export interface WandbRecord {
  readonly num?: number;
  readonly history?: HistoryRecord;
  readonly summary?: Changes;
  readonly config?: Changes;
  readonly files?: { readonly files: readonly { readonly path?: string; readonly policy?: number }[] };
  readonly artifact?: ArtifactRecord;
  readonly output_raw?: {
    /** 0: stderr, 1: stdout. */
    readonly output_type?: number;
    readonly timestamp?: TimestampMessage;
    readonly line?: string;
  };
  readonly run?: RunRecord;
  readonly exit?: { readonly exit_code?: number; readonly runtime?: number };
  readonly final?: object;
  readonly header?: {
    readonly version_info?: { readonly producer?: string; readonly min_consumer?: string };
  };
  readonly footer?: object;
}

const ITEM: MessageType = {
  key: [1, "string"],
  nested_key: [2, "string", "repeated"],
  value_json: [16, "string"],
};
const CHANGES: MessageType = { update: [1, ITEM, "repeated"], remove: [2, ITEM, "repeated"] };
const TIMESTAMP: MessageType = { seconds: [1, "int"], nanos: [2, "int"] };
const PAIR: MessageType = { key: [1, "string"], value_json: [2, "string"] };

const RUN: MessageType = {
  run_id: [1, "string"],
  entity: [2, "string"],
  project: [3, "string"],
  config: [4, CHANGES],
  run_group: [6, "string"],
  job_type: [7, "string"],
  display_name: [8, "string"],
  notes: [9, "string"],
  tags: [10, "string", "repeated"],
  host: [13, "string"],
  starting_step: [14, "int"],
  start_time: [17, TIMESTAMP],
  telemetry: [19, { cli_version: [5, "string"], core_version: [12, "string"], platform: [13, "string"] }],
};

const ARTIFACT: MessageType = {
  run_id: [1, "string"],
  project: [2, "string"],
  entity: [3, "string"],
  type: [4, "string"],
  name: [5, "string"],
  digest: [6, "string"],
  description: [7, "string"],
  metadata: [8, "string"],
  user_created: [9, "int"],
  aliases: [11, "string", "repeated"],
  manifest: [
    12,
    {
      version: [1, "int"],
      storage_policy: [2, "string"],
      storage_policy_config: [3, PAIR, "repeated"],
      contents: [
        4,
        {
          path: [1, "string"],
          digest: [2, "string"],
          ref: [3, "string"],
          size: [4, "int"],
          local_path: [6, "string"],
        },
        "repeated",
      ],
    },
  ],
  finalize: [14, "int"],
  client_id: [15, "string"],
  sequence_client_id: [16, "string"],
  history_step: [10_000, "int"],
};

const RECORD: MessageType = {
  num: [1, "int"],
  history: [2, { item: [1, ITEM, "repeated"], step: [2, { num: [1, "int"] }] }],
  summary: [3, CHANGES],
  config: [5, CHANGES],
  files: [6, { files: [1, { path: [1, "string"], policy: [2, "int"] }, "repeated"] }],
  artifact: [8, ARTIFACT],
  output_raw: [13, { output_type: [1, "int"], timestamp: [2, TIMESTAMP], line: [3, "string"] }],
  run: [17, RUN],
  exit: [18, { exit_code: [1, "int"], runtime: [2, "int"] }],
  final: [20, {}],
  header: [21, { version_info: [1, { producer: [1, "string"], min_consumer: [2, "string"] }] }],
  footer: [22, {}],
};

/** The payload of a record. */
export function encodeRecord(record: WandbRecord): Buffer {
  return encodeMessage(RECORD, record as Readonly<Record<string, unknown>>);
}

/** @throws RangeError if the payload is no record */
export function decodeRecord(payload: Uint8Array): WandbRecord {
  return decodeMessage(RECORD, payload);
}
