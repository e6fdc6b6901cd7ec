import type { WandbServer } from "../index.ts";

const DOCUMENTS = {
  Viewer: "query Viewer { viewer { id entity username email flags teams { edges { node { name } } } } }",
  ServerFeaturesQuery: "query ServerFeaturesQuery { serverInfo { features { name isEnabled } } }",
  UpsertBucket: `mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String, $groupName: String, $displayName: String,
    $notes: String, $config: JSONString, $tags: [String!]) {
    upsertBucket(input: { id: $id, name: $name, modelName: $project, entityName: $entity, groupName: $groupName, displayName: $displayName,
      notes: $notes, config: $config, tags: $tags }) {
      bucket { id name displayName project { name entity { name } } historyLineCount } inserted } }`,
  RunResumeStatus: `query RunResumeStatus($project: String, $entity: String, $name: String!) { model(name: $project, entityName: $entity) {
    bucket(name: $name, missingOk: true) { id historyLineCount eventsLineCount logLineCount historyTail eventsTail summaryMetrics config
      tags notes wandbConfig(keys: ["t"]) } } }`,
  CreateRunFiles: `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
    createRunFiles(input: { entityName: $entity, projectName: $project, runName: $run, files: $files }) {
      runID uploadHeaders files { name uploadUrl } } }`,
  RunStoppedStatus: `query RunStoppedStatus($entityName: String, $projectName: String, $runId: String!) {
    project(name: $projectName, entityName: $entityName) { run(name: $runId) { stopped } } }`,
  CreateArtifact: `mutation CreateArtifact($input: CreateArtifactInput!) { createArtifact(input: $input) { artifact { id state } } }`,
  CreateArtifactManifest: `mutation CreateArtifactManifest($input: CreateArtifactManifestInput!) { createArtifactManifest(input: $input) {
    artifactManifest { id file { uploadUrl uploadHeaders } } } }`,
  CreateArtifactFiles: `mutation CreateArtifactFiles($artifactFiles: [CreateArtifactFileSpecInput!]!) {
    createArtifactFiles(input: { artifactFiles: $artifactFiles, storageLayout: V2 }) { files { edges { node { uploadUrl uploadHeaders } } } } }`,
  CommitArtifact: `mutation CommitArtifact($artifactID: ID!) { commitArtifact(input: { artifactID: $artifactID }) { artifact { id } } }`,
} as const;

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Record<string, never> | null;
    readonly errors?: readonly { message: string }[];
    readonly stopped?: boolean;
  };
}

const TELEMETRY = { value: { t: { "12": "1.0.0" } } };

/** A client that keeps every rule, and lets a test break one. */
export class Client {
  readonly #server: Pick<WandbServer, "baseUrl" | "apiKey">;
  readonly #authorization: string;

  constructor(server: Pick<WandbServer, "baseUrl" | "apiKey">) {
    this.#server = server;
    this.#authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString("base64")}`;
  }

  async post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    signal: AbortSignal | null = null,
  ): Promise<Reply> {
    const response = await fetch(this.#server.baseUrl + path, {
      method: "POST",
      signal,
      headers: { authorization: this.#authorization, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as Reply["body"] };
  }

  call(
    operationName: keyof typeof DOCUMENTS,
    variables: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<Reply> {
    const body = { query: DOCUMENTS[operationName], variables, operationName };
    return this.post("/graphql", body, {}, signal);
  }

  upsert(variables: Record<string, unknown> = {}, config: Record<string, unknown> = {}): Promise<Reply> {
    return this.call("UpsertBucket", {
      name: "run1",
      project: "proj",
      entity: "me",
      config: JSON.stringify({ ...config, _wandb: TELEMETRY }),
      ...variables,
    });
  }

  resumeStatus(): Promise<Reply> {
    return this.call("RunResumeStatus", { name: "run1", project: "proj", entity: "me" });
  }

  stream(body: unknown, headers?: Record<string, string>): Promise<Reply> {
    return this.post("/files/me/proj/run1/file_stream", body, headers);
  }

  /** Lines from `offset` on, and a summary that agrees with them. */
  async history(offset: number, rows: readonly Record<string, unknown>[]): Promise<Reply> {
    return this.stream({
      files: {
        "wandb-history.jsonl": { offset, content: rows.map((each) => JSON.stringify(each)) },
        "wandb-summary.json": { offset: 0, content: [JSON.stringify(rows.at(-1))] },
      },
    });
  }

  createFiles(files: readonly string[], signal?: AbortSignal): Promise<Reply> {
    return this.call("CreateRunFiles", { entity: "me", project: "proj", run: "run1", files }, signal);
  }

  /** Asks for URLs and sends the files. */
  async sendFiles(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const { body } = await this.createFiles(Object.keys(files));
    const { createRunFiles } = body.data as unknown as {
      createRunFiles: { uploadHeaders: string[]; files: { name: string; uploadUrl: string }[] };
    };
    for (const { name, uploadUrl } of createRunFiles.files) {
      await put(uploadUrl, files[name]!, createRunFiles.uploadHeaders);
    }
  }

  complete(exitcode: unknown = 0, uploaded: readonly string[] = []): Promise<Reply> {
    return this.stream({ uploaded, complete: true, exitcode });
  }
}

/** Sends bytes to a signed URL. @returns the status */
export async function put(
  url: string,
  bytes: Uint8Array,
  lines: readonly string[],
  extra: Record<string, string> = {},
): Promise<number> {
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const response = await fetch(url, {
    method: "PUT",
    headers: { ...Object.fromEntries(headers), ...extra },
    body: new Uint8Array(bytes),
  });
  await response.arrayBuffer();
  return response.status;
}

/** A row of the history as a client makes it. */
export function row(
  step: number,
  values: Record<string, unknown> = { loss: 1 / (step + 1) },
): Record<string, unknown> {
  return { ...values, _step: step, _runtime: step, _timestamp: 1_700_000_000 + step };
}
