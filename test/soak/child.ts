import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Acknowledgement, AcknowledgementReader } from "./acknowledgement.ts";
import { now } from "./clock.ts";

/** How a child ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of `children/`. */
export interface Child {
  /** In the order in which the child sent them; complete once it has ended. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** Resolves when the child has ended and everything that it had sent is read. */
  readonly ended: Promise<Ending>;
  /** Resolves at the first acknowledgement of that kind; rejects if the child ends without one. */
  first(kind: Acknowledgement["kind"]): Promise<Acknowledgement>;
  /** As {@link first}, of those that have not arrived yet. */
  next(kind: Acknowledgement["kind"]): Promise<Acknowledgement>;
  /** @returns the moment, of {@link now}, at which the signal had been sent */
  kill(signal?: NodeJS.Signals): number;
}

/** How a child is started. */
export interface ChildOptions {
  /** A module of `children/` that the child loads first. */
  readonly preload?: string;
  /** For Node, besides those of this process. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In milliseconds; a child that lives longer is killed, and its proof fails. Default: 60 000. */
  readonly limit?: number;
  readonly onAcknowledgement?: (acknowledgement: Acknowledgement) => void;
}

/** Starts `children/<name>.ts` with this process's own flags and with `input`, which {@link childInput} reads. */
export function startChild(name: string, input: object, options: ChildOptions = {}): Child {
  const preload = options.preload === undefined ? [] : ["--import", moduleOf(options.preload).href];
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      ...(options.flags ?? []),
      ...preload,
      fileURLToPath(moduleOf(name)),
      JSON.stringify(input),
    ],
    { stdio: ["ignore", "pipe", "pipe", "pipe"], env: { ...process.env, ...options.env } },
  );
  const acknowledgements: Acknowledgement[] = [];
  const waiting = new Set<(acknowledgement: Acknowledgement) => void>();
  const reader = new AcknowledgementReader();
  (child.stdio[3] as Readable).on("data", (chunk: Buffer) => {
    for (const acknowledgement of reader.read(chunk)) {
      acknowledgements.push(acknowledgement);
      options.onAcknowledgement?.(acknowledgement);
      for (const wait of waiting) wait(acknowledgement);
    }
  });
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const ended = new Promise<Ending>((resolve, reject) => {
    const limit = options.limit ?? 60_000;
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limit);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(deadline);
      if (late) reject(new Error(`${name} was still running after ${limit} ms; on stderr: ${stderr()}`));
      else resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
  });
  ended.catch(() => undefined);
  const next: Child["next"] = (kind) =>
    new Promise((resolve, reject) => {
      const wait = (acknowledgement: Acknowledgement): void => {
        if (acknowledgement.kind !== kind) return;
        waiting.delete(wait);
        resolve(acknowledgement);
      };
      waiting.add(wait);
      ended.then(
        (ending) => reject(new Error(`${name} ended without "${kind}": ${describeEnding(ending)}`)),
        reject,
      );
    });
  return {
    acknowledgements,
    ended,
    first: async (kind) =>
      acknowledgements.find((acknowledgement) => acknowledgement.kind === kind) ?? next(kind),
    next,
    kill(signal = "SIGKILL") {
      child.kill(signal);
      return now();
    },
  };
}

/** Called in the child. */
export function childInput<Input>(): Input {
  return JSON.parse(process.argv[2]!) as Input;
}

export function describeEnding({ code, signal, stderr }: Ending): string {
  return `code ${code}, signal ${signal}, on stderr: ${stderr.trim().slice(0, 500) || "nothing"}`;
}

function moduleOf(name: string): URL {
  return new URL(`./children/${name}.ts`, import.meta.url);
}

function gather(stream: Readable | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}
