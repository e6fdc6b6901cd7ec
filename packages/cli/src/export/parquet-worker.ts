import { parentPort, workerData } from "node:worker_threads";
import { ParquetEncoder } from "./parquet-encoder.ts";
import type { RowGroup } from "./row-group.ts";
import type { Column } from "./sheet.ts";

/** What the thread is started with. */
export interface ParquetStart {
  readonly path: string;
  readonly columns: readonly Column[];
}

/** Every request but `discard` is answered when it is done: row groups, then that there are no more. After the last two, the thread ends. */
export type ParquetRequest = RowGroup | "finish" | "discard";

const { path, columns } = workerData as ParquetStart;
const port = parentPort!;
const encoder = new ParquetEncoder(path, columns);
port.on("message", (request: ParquetRequest) => {
  // What it rejects with ends the thread, and is told to who started it.
  void answer(request);
});
port.postMessage("ready", []);

async function answer(request: ParquetRequest): Promise<void> {
  if (request === "discard") return port.close();
  if (request === "finish") await encoder.finish();
  else await encoder.write(request);
  port.postMessage("done", []);
  if (request === "finish") port.close();
}
