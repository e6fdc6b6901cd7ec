import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Artifact } from "./artifact.ts";
import { parseExtended } from "./extended-json.ts";
import type { Run } from "./run.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

interface TableValue {
  readonly path?: string;
  readonly ncols?: number;
  readonly nrows?: number;
  readonly artifact_path?: string;
}

interface ArtifactTable {
  readonly columns: readonly string[];
  readonly ncols: number;
  readonly nrows: number;
  readonly data: readonly (readonly unknown[])[];
  readonly column_types: { readonly params: { readonly type_map: Readonly<Record<string, unknown>> } };
}

/** A cell, or a part of one, that refers to a file of the artifact. */
interface CellFile {
  readonly path: string;
  readonly sha256?: string;
  /** The md5 in base64. */
  readonly digest?: string;
}

/** Rule M5: a table is in an artifact, too, that agrees with the file of the run. */
export function checkTableArtifact(
  { path, ncols, nrows, artifact_path: reference = "" }: TableValue,
  file: Buffer,
  run: Run,
  world: World,
  violations: Violations,
): void {
  const problem = ((): string | undefined => {
    const [, clientId, entry = ""] = /^wandb-client-artifact:\/\/([^/]+)\/(.+)$/.exec(reference) ?? [];
    const artifact = [...world.artifacts.values()].find(({ clientIds }) => clientIds.has(clientId ?? ""));
    if (artifact === undefined || clientId === undefined) return `no artifact is at ${reference}`;
    const bytes = artifact.files.get(entry)?.bytes;
    if (bytes === undefined || artifact.manifest?.[entry] === undefined) return `the artifact lacks ${entry}`;
    if (artifact.type !== "run_table" || !artifact.collection.startsWith(`run-${run.id}-`)) {
      return `the artifact is ${artifact.collection} of type ${artifact.type}`;
    }
    const shown = parseExtended(file.toString()) as Pick<ArtifactTable, "columns" | "data">;
    // NaN is null in it, and the infinities are bare words.
    const table = parseExtended(bytes.toString()) as ArtifactTable;
    const { columns } = table;
    if (!isDeepStrictEqual(shown.columns, columns))
      return `columns are ${shown.columns.join()}, and ${columns.join()}`;
    const sizes = [table.ncols, ncols, columns.length, ...table.data.map((row) => row.length)];
    if (new Set(sizes).size !== 1) return `the numbers of columns are ${[...new Set(sizes)].join(", ")}`;
    if (table.nrows !== table.data.length || nrows !== table.nrows)
      return `nrows is ${nrows}, and ${table.nrows}`;
    const untyped = columns.filter((column) => !(column in table.column_types.params.type_map));
    if (untyped.length > 0) return `column_types lacks ${untyped.join()}`;
    return table.data
      .flat()
      .map((cell) => problemOfCell(cell, artifact))
      .find((each) => each !== undefined);
  })();
  if (problem !== undefined) violations.add("M5", "file_stream", `${path}: ${problem}`);
}

function problemOfCell(cell: unknown, artifact: Artifact): string | undefined {
  if (typeof cell !== "object" || cell === null || !("_type" in cell)) return undefined;
  const { classes, masks = {} } = cell as { classes?: CellFile; masks?: Record<string, CellFile> };
  const files = [
    cell as unknown as CellFile,
    ...Object.values(masks),
    ...(classes === undefined ? [] : [classes]),
  ];
  for (const { path, sha256, digest } of files) {
    const bytes = artifact.files.get(path)?.bytes;
    if (bytes === undefined) return `the artifact lacks ${path} of a cell`;
    const found = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== undefined && sha256 !== found) return `${path} has not the sha256 of its cell`;
    if (digest !== undefined && createHash("md5").update(bytes).digest("base64") !== digest) {
      return `${path} has not the digest of its cell`;
    }
  }
  return undefined;
}
