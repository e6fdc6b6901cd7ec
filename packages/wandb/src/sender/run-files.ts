import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isMlogError, MlogError } from "@mlog/core";
import type { Connection } from "../client/connection.ts";
import { CREATE_RUN_FILES, RUN_UPLOAD_URLS } from "../client/operations.ts";
import type { RunStart } from "../run-settings.ts";

/** Names asked for in one request, and files sent at a time. */
const BATCH = 64;
const CONCURRENCY = 8;
/** How often a new URL is asked for, when one has expired. */
const URLS = 3;

type Targets = ReadonlyMap<string, { readonly url: string | null; readonly headers: readonly string[] }>;

interface CreatedFiles {
  readonly createRunFiles: {
    readonly uploadHeaders: readonly string[] | null;
    readonly files: readonly { readonly name: string; readonly uploadUrl: string | null }[];
  };
}

interface RunUploadUrls {
  readonly model: {
    readonly bucket: {
      readonly files: {
        readonly uploadHeaders: readonly string[] | null;
        readonly edges: readonly { readonly node: { readonly name: string; readonly url: string | null } }[];
      };
    } | null;
  } | null;
}

/** What a {@link RunFiles} needs. */
export interface RunFilesOptions {
  readonly connection: Connection;
  readonly runId: string;
  readonly start: RunStart;
  /** The folder of the run's files. */
  readonly folder: string;
  readonly signal: AbortSignal;
  onUploaded(name: string): void;
  onFailed(name: string, error: unknown): void;
  onIdle(): void;
}

/** Uploads the files of a run, each name once. */
export class RunFiles {
  readonly #options: RunFilesOptions;
  readonly #known = new Set<string>();
  #queue: string[] = [];
  #working = false;
  /** The server has only the older way to ask for URLs. */
  #isOldServer = false;

  constructor(options: RunFilesOptions) {
    this.#options = options;
  }

  /** Names that wait or are under way. */
  get pending(): number {
    return this.#queue.length + (this.#working ? 1 : 0);
  }

  /** Whether it was added. */
  knows(name: string): boolean {
    return this.#known.has(name);
  }

  add(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#queue.push(name);
    if (!this.#working) void this.#work();
  }

  /** Asks for URLs; throws what the connection throws, and for an answer that does not fit. */
  async #urlsOf(names: readonly string[]): Promise<Targets> {
    const { connection, start, runId, signal } = this.#options;
    const variables = { entity: start.entity, project: start.project, run: runId, files: names };
    if (!this.#isOldServer) {
      try {
        const { createRunFiles } = await connection.graphql<CreatedFiles>(
          CREATE_RUN_FILES,
          variables,
          signal,
        );
        const { files, uploadHeaders } = createRunFiles;
        const urls = files.map(({ name, uploadUrl: url }) => ({ name, url }));
        return targetsOf(names, urls, uploadHeaders);
      } catch (error) {
        if (!isUnknownField(error, "createRunFiles")) throw error;
        this.#isOldServer = true;
      }
    }
    const { model } = await connection.graphql<RunUploadUrls>(RUN_UPLOAD_URLS, variables, signal);
    const { edges = [], uploadHeaders = [] } = model?.bucket?.files ?? {};
    return targetsOf(
      names,
      edges.map(({ node }) => node),
      uploadHeaders,
    );
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#queue.length > 0 && !this.#options.signal.aborted) {
      const names = this.#queue.splice(0, BATCH);
      try {
        const urls = await this.#urlsOf(names);
        const rest = [...names];
        const lanes = Array.from({ length: CONCURRENCY }, async () => {
          for (let name = rest.shift(); name !== undefined; name = rest.shift())
            await this.#upload(name, urls);
        });
        await Promise.all(lanes);
      } catch (error) {
        for (const name of names) this.#options.onFailed(name, error);
      }
    }
    this.#working = false;
    this.#options.onIdle();
  }

  async #upload(name: string, given: Targets): Promise<void> {
    const { connection, folder, signal, onUploaded, onFailed } = this.#options;
    const path = join(folder, name);
    try {
      const { size } = await stat(path);
      let urls = given;
      for (let count = 1; ; count++) {
        const target = urls.get(name);
        if (target === undefined || target.url === null) return;
        try {
          await connection.put({ url: target.url, headers: target.headers, body: { path, size } }, signal);
          break;
        } catch (error) {
          if (count === URLS || !isMlogError(error, "WANDB_URL_EXPIRED")) throw error;
          urls = await this.#urlsOf([name]);
        }
      }
      onUploaded(name);
    } catch (error) {
      onFailed(name, error);
    }
  }
}

/** @throws MlogError if the answer is not about these files */
function targetsOf(
  names: readonly string[],
  urls: readonly { readonly name: string; readonly url: string | null }[],
  headers: readonly string[] | null,
): Targets {
  if (urls.length !== names.length) {
    throw new MlogError("WANDB_REJECTED", `W&B gave ${urls.length} URLs for ${names.length} files`);
  }
  return new Map(urls.map(({ name, url }) => [name, { url, headers: headers ?? [] }]));
}

/** Whether a server is too old for a field, as GraphQL servers say it. */
function isUnknownField(error: unknown, field: string): boolean {
  return (
    isMlogError(error, "WANDB_REJECTED") &&
    /cannot query field/i.test(error.message) &&
    error.message.includes(field)
  );
}
