import type { EncodeOptions } from "@mlog/image";
import type { Options } from "../harness/options.ts";
import { printHeading, printTable, type Target } from "../harness/report.ts";
import { interleave } from "../harness/rounds.ts";
import type { Parameters } from "./measure-settings.ts";
import { PICTURES } from "./pictures.ts";

const LEVELS = [0, 1, 2, 3, 6, 9];
const EFFORTS = [0, 1, 2, 4];

export async function settings({ quick, rounds = quick ? 1 : 3 }: Options): Promise<Target[]> {
  const kinds = Object.keys(PICTURES);
  printHeading(
    "settings: CPU ms and KiB per picture",
    `Natural, flat and noise are RGB of 256 x 256, digit is grey of 28 x 28. CPU of all threads, conversion and checksum
included.`,
  );
  const program = new URL("measure-settings.ts", import.meta.url);
  const cases = Object.entries(allOptions()).flatMap(([name, options]) =>
    kinds.map((kind) => ({
      name: `${name}, ${kind}`,
      program,
      parameters: { kind, options, pictures: quick ? 9 : 33 } as Parameters,
    })),
  );
  const found = await interleave(cases, rounds);
  printTable(
    kinds.flatMap((kind) => [`${kind} ms`, "KiB"]),
    Object.keys(allOptions()).map((name) => ({
      name,
      cells: kinds.flatMap((kind) => ["cpu", "kib"].map((figure) => found.of(`${name}, ${kind}`, figure))),
    })),
  );
  return [];
}

function allOptions(): Record<string, EncodeOptions> {
  const options: Record<string, EncodeOptions> = {};
  for (const compressionLevel of LEVELS) {
    options[`PNG ${compressionLevel}`] = { compressionLevel, adaptiveFiltering: false };
    options[`PNG ${compressionLevel} adaptive`] = { compressionLevel, adaptiveFiltering: true };
  }
  for (const effort of EFFORTS) options[`WebP ${effort}`] = { format: "webp", effort };
  return options;
}
