import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { printFigures, readParameters } from "../harness/measure.ts";
import { peakMemory, resetPeak } from "../harness/peak-memory.ts";
import { UPLOADERS, type UploaderName } from "./contenders.ts";

export interface Parameters {
  readonly uploader: UploaderName;
  /** Of the sink. */
  readonly endpoint: string;
  /** Whose files are uploaded. */
  readonly files: string;
  /** In bytes, of each file. */
  readonly size: number;
  readonly concurrency: number;
  /** For what is staged. */
  readonly folder: string;
}

const { uploader: name, endpoint, files, size, concurrency, folder: parent } = readParameters<Parameters>();
const folder = mkdtempSync(join(parent, "upload-"));
// Workers that do not keep the process alive must not end it in the middle of a measurement.
const keepAlive = setInterval(() => {}, 1e6);
const paths = (await readdir(files)).map((file) => join(files, file));
const uploader = await UPLOADERS[name](endpoint, folder, concurrency);
await received();
globalThis.gc!();

const baseline = resetPeak();
const cpu = process.cpuUsage();
const start = performance.now();
let stagedSeconds = 0;
await uploader.upload(paths, () => {
  stagedSeconds = (performance.now() - start) / 1000;
});
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
const peak = peakMemory();
const bytes = await received();
await uploader.close();
printFigures({
  stagedSeconds,
  sentMegabytesPerSecond: (paths.length * size) / 1e6 / (seconds - stagedSeconds),
  megabytesPerSecond: (paths.length * size) / 1e6 / seconds,
  filesPerSecond: paths.length / seconds,
  cpuSeconds: (user + system) / 1e6,
  extraMiB: (peak - baseline) / 1024,
  bytesAmiss: Math.abs(bytes - paths.length * size),
});
rmSync(folder, { recursive: true });
clearInterval(keepAlive);

/** The bytes that the sink took since it was asked last. */
async function received(): Promise<number> {
  return Number(await (await fetch(`${endpoint}/received`)).text());
}
