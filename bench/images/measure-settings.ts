import { ImageEncoder, type EncodeOptions } from "@mlog/image";
import { image } from "@mlog/core";
import { printFigures, readParameters } from "../harness/measure.ts";
import { PICTURES } from "./pictures.ts";

export interface Parameters {
  readonly kind: string;
  readonly options: EncodeOptions;
  readonly pictures: number;
}

const { kind, options, pictures } = readParameters<Parameters>();
const paint = PICTURES[kind]!;
const snapshots = Array.from({ length: pictures }, (_, seed) => {
  const { bytes, size, channels } = paint(seed);
  return image({ data: bytes, shape: [size, size, channels] }, { channelsLast: true });
});
const encoder = new ImageEncoder({ concurrency: 1 });
await encoder.encode(snapshots[0]!, options);

const cpu = process.cpuUsage();
const files = await Promise.all(snapshots.slice(1).map((snapshot) => encoder.encode(snapshot, options)));
const { user, system } = process.cpuUsage(cpu);
const bytes = files.reduce((sum, { data }) => sum + data.length, 0);
printFigures({ cpu: (user + system) / 1e3 / files.length, kib: bytes / 1024 / files.length });
process.exit();
