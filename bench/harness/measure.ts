import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What one child process found: figures by name. */
export type Figures = Readonly<Record<string, number>>;

/** One thing to measure: a program of its own, so that no contender sees another's JIT or heap. */
export interface Case {
  readonly name: string;
  /** The program; it gets `parameters` as JSON and prints one line of JSON. */
  readonly program: URL;
  readonly parameters: object;
}

const TEN_MINUTES = 600_000;
const NODE_OPTIONS = ["--expose-gc", "--max-old-space-size=4096"];

/** Runs a case once, in a process of its own. Rejects with what the process wrote to stderr. */
export function measure({ name, program, parameters }: Case): Promise<Figures> {
  const args = [...NODE_OPTIONS, fileURLToPath(program), JSON.stringify(parameters)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: TEN_MINUTES }, (error, stdout, stderr) => {
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (error !== null || !line.startsWith("{")) {
        return reject(
          new Error(`${name} failed (${JSON.stringify(parameters)}): ${stderr || stdout}`, { cause: error }),
        );
      }
      if (stderr !== "") process.stderr.write(`${name}: ${stderr}`);
      resolve(JSON.parse(line) as Figures);
    });
  });
}

/** For the program of a case: what it was asked to do. */
export function readParameters<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** For the program of a case: what it found. */
export function printFigures(figures: Figures): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
