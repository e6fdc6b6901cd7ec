import { type Answer, type Endpoint, type Outcome, type Received, Refusal, json } from "./exchange.ts";
import { gunzipSync } from "node:zlib";
import { checkCompletion } from "./completion.ts";
import { checkHistory } from "./history-rules.ts";
import { appendLines, rewriteLines } from "./lines.ts";
import type { Run } from "./run.ts";
import type { StreamDiscipline } from "./stream-discipline.ts";
import { setSummary } from "./summary-rules.ts";
import { checkKey } from "./authorization.ts";
import type { Rule, Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** What {@link FileStream} needs. */
export interface FileStreamOptions {
  readonly world: World;
  readonly violations: Violations;
  readonly discipline: StreamDiscipline;
  readonly apiKey: string;
  readonly acceptsGzip: boolean;
}

interface Chunk {
  readonly offset?: unknown;
  readonly content?: unknown;
}

const PATH = /^\/files\/([^/]+)\/([^/]+)\/([^/]+)\/file_stream$/;
const KEYS = ["files", "uploaded", "preempting", "complete", "exitcode", "dropped", "failed"];
const MIB = 2 ** 20;
/** Of one line, and of one request unless it has a single line. In bytes. */
const LINE_LIMIT = 10 * MIB - 100 * 1024;
const REQUEST_LIMIT = 11 * MIB;

/** `POST /files/{entity}/{project}/{run}/file_stream`: history, events, summary, output and the end of a run. */
export class FileStream implements Endpoint {
  readonly #options: FileStreamOptions;

  constructor(options: FileStreamOptions) {
    this.#options = options;
  }

  static matches(target: string): boolean {
    return PATH.test(target);
  }

  began(target: string): () => void {
    const run = this.#run({ target });
    return run === undefined ? () => undefined : this.#options.discipline.began(run);
  }

  arrived(request: Received): void {
    const run = this.#run(request);
    if (run !== undefined) this.#options.discipline.arrived(run, request);
  }

  settled(request: Received, outcome: Outcome): void {
    const run = this.#run(request);
    if (run !== undefined) this.#options.discipline.settled(run, request, outcome);
  }

  answer(request: Received): Answer {
    const { violations, apiKey } = this.#options;
    checkKey(request, apiKey, violations);
    if (request.headers["content-type"]?.startsWith("application/json") !== true) {
      violations.add("A3", request.call, `Content-Type is ${request.headers["content-type"]}`);
    }
    const run = this.#run(request);
    if (run === undefined) {
      const known = [...this.#options.world.runs.values()].some(({ id }) =>
        request.target.includes(`/${id}/`),
      );
      violations.add(known ? "A4" : "F1", request.call, `no run is at ${request.target}`);
      throw new Refusal(404, "run not found");
    }
    this.#apply(run, this.#parse(request));
    return json({ exitcode: null, limits: {}, ...(run.stopped && { stopped: true }) });
  }

  #run({ target }: Pick<Received, "target">): Run | undefined {
    const segments = PATH.exec(target)?.slice(1).map(decode) ?? [];
    return this.#options.world.find(segments[0], segments[1], segments[2] ?? "");
  }

  #parse(request: Received): Record<string, unknown> {
    const isCompressed = request.headers["content-encoding"] === "gzip";
    if (isCompressed && !this.#options.acceptsGzip) {
      this.#add("F10", "the body is compressed");
      throw new Refusal(400, "cannot read a compressed body");
    }
    const bytes = isCompressed ? gunzipSync(request.body) : request.body;
    let body: unknown;
    try {
      body = JSON.parse(bytes.toString());
    } catch (error) {
      this.#add("F3", `the body is no JSON: ${String(error)}`);
      throw new Refusal(400, "the body is no JSON");
    }
    const unknown = Object.keys(body as object).filter((key) => !KEYS.includes(key));
    if (unknown.length > 0) this.#add("F3", `the body has the unknown keys ${unknown.join(", ")}`);
    const { files = {} } = body as { files?: Record<string, Chunk> };
    const lines = Object.values(files).flatMap(({ content }) => content as string[]);
    if (bytes.length > REQUEST_LIMIT && lines.length > 1) {
      this.#add("F3", `a request has ${bytes.length} bytes`);
    }
    for (const line of lines) {
      if (Buffer.byteLength(line) > LINE_LIMIT)
        this.#add("F3", `a line has ${Buffer.byteLength(line)} bytes`);
    }
    return body as Record<string, unknown>;
  }

  #apply(run: Run, body: Record<string, unknown>): void {
    const { violations } = this.#options;
    for (const [name, chunk] of Object.entries((body["files"] ?? {}) as Record<string, Chunk>)) {
      const { offset, lines } = this.#readChunk(name, chunk);
      if (name === "wandb-history.jsonl") {
        const from = run.history.length;
        appendLines(run, run.history, offset, lines, violations, name);
        checkHistory(run, from, violations);
      } else if (name === "wandb-events.jsonl") appendLines(run, run.events, offset, lines, violations, name);
      else if (name === "wandb-summary.json") setSummary(run, offset, lines, violations);
      else if (name === "output.log") rewriteLines(run.output, offset, lines);
      else this.#add("F3", `there is no file ${name} in a stream`);
    }
    for (const name of (body["uploaded"] ?? []) as string[]) {
      if (run.file(name) === undefined || name.includes("\\")) {
        this.#add("F9", `${JSON.stringify(name)} was never sent`);
      }
      run.uploaded.add(name);
    }
    if (body["complete"] === true) {
      const exitCode = body["exitcode"];
      if (!Number.isInteger(exitCode)) this.#add("F6", `exitcode is ${JSON.stringify(exitCode)}`);
      run.exitCode = exitCode as number;
      if (!run.complete) checkCompletion(run, this.#options.world, violations);
      run.complete = true;
    }
  }

  #readChunk(name: string, { offset, content }: Chunk): { offset: number; lines: readonly string[] } {
    const isChunk =
      Number.isSafeInteger(offset) &&
      (offset as number) >= 0 &&
      Array.isArray(content) &&
      content.every((line) => typeof line === "string");
    if (!isChunk) {
      this.#add("F3", `${name} must have an offset and lines`);
      throw new Refusal(400, `malformed chunk of ${name}`);
    }
    return { offset: offset as number, lines: content };
  }

  #add(rule: Rule, detail: string): void {
    this.#options.violations.add(rule, "file_stream", detail);
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
