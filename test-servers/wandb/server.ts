import { randomBytes } from "node:crypto";
import type { Artifact } from "./artifact.ts";
import type { Answer, Outcome, Received } from "./exchange.ts";
import { Faults } from "./faults.ts";
import { FileStream } from "./file-stream.ts";
import { GraphqlEndpoint, operationOf } from "./graphql-endpoint.ts";
import { Listener } from "./listener.ts";
import { resolvers } from "./resolvers.ts";
import type { Run } from "./run.ts";
import { RunPages } from "./run-page.ts";
import { Storage } from "./storage.ts";
import { type Pace, StreamDiscipline } from "./stream-discipline.ts";
import { type Violation, Violations } from "./violations.ts";
import { World } from "./world.ts";

/** How a server shall be. */
export interface WandbOptions {
  /** Default: 40 random characters. */
  readonly apiKey?: string;
  /** The default entity of the key. Default: `me`. */
  readonly entity?: string;
  /** Further entities. Unknown ones are answered with 404. */
  readonly entities?: readonly string[];
  /** `entity/project` that answer 403. */
  readonly forbidden?: readonly string[];
  /** Ids of runs that were deleted: 409. */
  readonly deleted?: readonly string[];
  /** Server features that are on, such as `FILESTREAM_GZIP`. Default: none. */
  readonly features?: readonly string[];
  /** Fields of the schema that this server is too old for, such as `serverInfo`. */
  readonly lacks?: readonly string[];
  /** How often file_stream may and must be called. */
  readonly pace?: Pace;
  /** The clock, in ms. Default: `Date.now`. */
  readonly now?: () => number;
  /** Of the base URL. Default: one that the system picks. */
  readonly port?: number;
  /** Told of every request with its body and what was answered, in the order of the answers: for recordings. */
  readonly onExchange?: (request: Received, outcome: Outcome, answer: Answer | undefined) => void;
}

/** One exchange, for the log of requests. */
export interface LoggedExchange {
  readonly time: number;
  readonly call: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Received["headers"];
  readonly bytes: number;
  readonly outcome: Outcome;
}

/** A W&B server on loopback that collects what a client does wrong. */
export interface WandbServer extends AsyncDisposable {
  /** For `WANDB_BASE_URL`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** In the order of their making. */
  readonly runs: readonly Run[];
  /** In the order of their making, also those that were never committed. */
  readonly artifacts: readonly Artifact[];
  readonly violations: readonly Violation[];
  readonly faults: Faults;
  readonly exchanges: readonly LoggedExchange[];
  /** @throws Error if there is no such run */
  run(id: string): Run;
  /** As a user who deletes it. */
  deleteRun(id: string): void;
  /** @throws Error that lists what the client did wrong */
  assertNoViolations(): void;
  close(): Promise<void>;
}

/** Starts a server on loopback. */
export async function startWandb(options: WandbOptions = {}): Promise<WandbServer> {
  const { entity = "me", now = Date.now, features = [], lacks = [], pace = {} } = options;
  const apiKey = options.apiKey ?? randomBytes(20).toString("hex");
  const world = new World({
    viewer: { username: entity, email: `${entity}@example.com`, entity },
    entities: options.entities ?? [],
    forbidden: options.forbidden ?? [],
    deleted: options.deleted ?? [],
  });
  const violations = new Violations();
  const faults = new Faults();
  const exchanges: LoggedExchange[] = [];
  const storage = new Storage(violations);
  const graphql = new GraphqlEndpoint({
    resolvers: resolvers({ world, violations, storage, features }),
    violations,
    apiKey,
    lacks,
  });
  const stream = new FileStream({
    world,
    violations,
    apiKey,
    discipline: new StreamDiscipline(violations, pace),
    acceptsGzip: features.includes("FILESTREAM_GZIP"),
  });
  const pages = new RunPages(world, violations);
  const onExchange = (request: Received, outcome: Outcome, answer: Answer | undefined): void => {
    const { time, call, method, target, headers, body } = request;
    options.onExchange?.(request, outcome, answer);
    exchanges.push({ time, call, method, target, headers, bytes: body.length, outcome });
  };
  const api = new Listener({
    host: "api",
    faults,
    now,
    onExchange,
    route: ({ target, body }) => {
      if (target === "/graphql") return { call: operationOf(body), endpoint: graphql };
      if (FileStream.matches(target)) return { call: "file_stream", endpoint: stream };
      return { call: "page", endpoint: pages };
    },
  });
  const files = new Listener({
    host: "storage",
    faults,
    now,
    onExchange,
    route: ({ method }) => ({ call: method, endpoint: storage }),
  });
  await Promise.all([api.listen(options.port ?? 0), files.listen(0)]);
  storage.origin = files.url;
  const close = async (): Promise<void> => {
    await Promise.all([api.close(), files.close()]);
  };
  const run = (id: string): Run => {
    const found = [...world.runs.values()].find((each) => each.id === id);
    if (found === undefined)
      throw new Error(`there is no run ${id} but ${[...world.runs.keys()].join(", ")}`);
    return found;
  };
  return {
    baseUrl: api.url,
    apiKey,
    faults,
    exchanges,
    get runs() {
      return [...world.runs.values()];
    },
    get artifacts() {
      return [...world.artifacts.values()];
    },
    violations: violations.found,
    run,
    deleteRun: (id) => world.delete(run(id)),
    assertNoViolations: () => violations.assertNone(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
