import type { Case } from "../harness/measure.ts";
import { type Options, readOptions } from "../harness/options.ts";
import { printEnd, printHeading, printTable, printTargets, type Target } from "../harness/report.ts";
import { interleave, type Rounds } from "../harness/rounds.ts";
import type { UploaderName } from "./contenders.ts";
import { makeLargeFile, makeSmallFiles } from "./files.ts";
import type { Parameters } from "./measure-upload.ts";
import { startSink } from "./start-sink.ts";

const options = readOptions();
const sink = await startSink();
const parts = { large, small };

for (const [name, run] of Object.entries(parts)) {
  if (options.only.length === 0 || options.only.includes(name)) printTargets(await run(options));
}
printEnd();
sink.process.kill();

/** One checkpoint. */
async function large({ quick, folder, rounds = quick ? 1 : 3 }: Options): Promise<Target[]> {
  const mebibytes = quick ? 256 : 1024;
  printHeading(
    `One file of ${mebibytes} MiB`,
    `From the call to the end of the upload, copying to the staging folder included. "http PUT" is one request in chunks
of 1 MiB, without signature or checksum; "lib-storage" and "uploadFile" are the AWS and Azure SDKs with their
defaults. "staged" is how long the copy took until it was on the disk, and "sent" counts the time after that: a file system
that shares blocks has nothing to copy. "extra" is the highest resident memory less that before.`,
  );
  const files = await makeLargeFile(folder, mebibytes);
  const size = mebibytes * 2 ** 20;
  const names: UploaderName[] = ["http PUT", "lib-storage", "mlog S3", "uploadFile", "mlog Azure"];
  const found = await measureAll(names, { files, size, concurrency: 4 }, rounds, folder);
  printTable(
    ["MB/s", "x http PUT", "staged s", "sent MB/s", "x http PUT", "CPU s", "extra MiB", "bytes amiss"],
    names.map((name) => ({
      name,
      cells: [
        found.of(name, "megabytesPerSecond"),
        found.ratio(name, "http PUT", "megabytesPerSecond"),
        found.of(name, "stagedSeconds"),
        found.of(name, "sentMegabytesPerSecond"),
        found.ratio(name, "http PUT", "sentMegabytesPerSecond"),
        found.of(name, "cpuSeconds"),
        found.of(name, "extraMiB"),
        found.of(name, "bytesAmiss"),
      ],
    })),
  );
  const ratio = (name: string, base: string): number[] => found.ratio(name, base, "megabytesPerSecond");
  return [
    { what: "S3: mlog / lib-storage", values: ratio("mlog S3", "lib-storage"), atLeast: 3 },
    { what: "S3: mlog / http PUT", values: ratio("mlog S3", "http PUT"), atLeast: 0.7 },
    { what: "S3: extra memory, MiB", values: found.of("mlog S3", "extraMiB"), atMost: 96 },
    { what: "S3: bytes amiss", values: found.of("mlog S3", "bytesAmiss"), atMost: 0 },
    { what: "Azure: mlog / uploadFile", values: ratio("mlog Azure", "uploadFile"), atLeast: 1.2 },
    { what: "Azure: bytes amiss", values: found.of("mlog Azure", "bytesAmiss"), atMost: 0 },
  ];
}

/** Pictures, segments of logs. */
async function small({ quick, folder, rounds = quick ? 1 : 3 }: Options): Promise<Target[]> {
  const count = quick ? 2000 : 10_000;
  printHeading(
    `${count} files of 4 KiB, 16 requests at a time`,
    `"S3 client" reads each file and sends it with the SDK's PutObject; "mlog S3" stages and journals it first.`,
  );
  const files = makeSmallFiles(folder, count);
  const names: UploaderName[] = ["S3 client", "mlog S3"];
  const found = await measureAll(names, { files, size: 4096, concurrency: 16 }, rounds, folder);
  printTable(
    ["files/s", "x S3 client", "CPU s", "extra MiB", "bytes amiss"],
    names.map((name) => ({
      name,
      cells: [
        found.of(name, "filesPerSecond"),
        found.ratio(name, "S3 client", "filesPerSecond"),
        found.of(name, "cpuSeconds"),
        found.of(name, "extraMiB"),
        found.of(name, "bytesAmiss"),
      ],
    })),
  );
  return [
    {
      what: "small files: mlog / S3 client",
      values: found.ratio("mlog S3", "S3 client", "filesPerSecond"),
      atLeast: 1,
    },
    { what: "small files: bytes amiss", values: found.of("mlog S3", "bytesAmiss"), atMost: 0 },
  ];
}

function measureAll(
  names: readonly UploaderName[],
  parameters: Pick<Parameters, "files" | "size" | "concurrency">,
  rounds: number,
  folder: string,
): Promise<Rounds> {
  const cases = names.map((uploader): Case => ({
    name: uploader,
    program: new URL("./measure-upload.ts", import.meta.url),
    parameters: { ...parameters, uploader, endpoint: sink.endpoint, folder } satisfies Parameters,
  }));
  return interleave(cases, rounds);
}
