import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const python = process.env["TENSORBOARD_PYTHON"] ?? "python3";

/** Whether TensorBoard is here. It comes from a registry that this repository does not use by itself. */
export function hasTensorBoard(): boolean {
  return spawnSync(python, ["-c", "import tensorboard"]).status === 0;
}

/** TensorBoard in a process of its own, over a folder of runs. */
export class TensorBoard {
  readonly #process: ChildProcess;
  readonly #address: string;

  private constructor(process: ChildProcess, address: string) {
    this.#process = process;
    this.#address = address;
  }

  static async start(logDir: string): Promise<TensorBoard> {
    const flags = ["--logdir", logDir, "--port", "0", "--host", "127.0.0.1"];
    const server = spawn(python, ["-m", "tensorboard.main", ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    for await (const line of createInterface(server.stderr)) {
      const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(line) ?? [];
      if (address === undefined) continue;
      server.stderr.resume();
      return new TensorBoard(server, address);
    }
    throw new Error("TensorBoard ended before it served");
  }

  /** The points that it shows of a metric, each as `[seconds, step, value]`; none until it has read them. */
  async scalars(run: string, metric: string): Promise<readonly [number, number, number][]> {
    const query = new URLSearchParams({ run, tag: metric });
    const response = await fetch(`${this.#address}data/plugin/scalars/scalars?${query}`);
    return response.ok ? ((await response.json()) as [number, number, number][]) : [];
  }

  /** MiB of memory that it and the reader it starts had at most. */
  peak(): number {
    const own = this.#process.pid!;
    const children = readFileSync(`/proc/${own}/task/${own}/children`, "utf8").split(" ").filter(Boolean);
    return [own, ...children]
      .map((id) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]) / 1024)
      .reduce((sum, size) => sum + size, 0);
  }

  stop(): void {
    this.#process.kill();
  }
}
