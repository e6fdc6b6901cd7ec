import { hash } from "node:crypto";
import { type Cell, type ImageSnapshot, MlogError, type Table } from "@mlog/core";
import { artifactName } from "../artifacts/artifact-name.ts";
import { type ExtendedJson, stringifyExtended } from "../extended-json.ts";
import type { ClassLabels } from "./class-labels.ts";
import { columnType } from "./column-types.ts";
import { fileKey, mediaPath } from "./file-name.ts";
import type { MediaContext, MediaResult } from "./media-result.ts";
import { type PictureCells, pictureCells } from "./picture-cells.ts";
import { isPicture, picturesOf, plainCell, artifactValue } from "./table-cells.ts";

/** Rows in the file of the run, which W&B shows beside the charts. */
const RUN_ROWS = 10_000;
/** Rows in the artifact, which is what W&B queries. */
const ARTIFACT_ROWS = 200_000;

/** A table as a file of the run and as an artifact. Pictures in its cells are in the artifact. */
export function tableMedia(table: Table, context: MediaContext): Promise<MediaResult> {
  return tableWithLabels(table, {}, context);
}

/** The same, with names for the classes of the masks in its pictures, and captions of these. */
export async function tableWithLabels(
  table: Table,
  labels: ClassLabels,
  context: MediaContext,
  captions?: ReadonlyMap<ImageSnapshot, string>,
): Promise<MediaResult> {
  const { name: key, columns, rows } = table;
  const kept = rows.length > ARTIFACT_ROWS ? rows.slice(0, ARTIFACT_ROWS) : rows;
  const pictures = await pictureCells(picturesOf({ rows: kept }), labels, context.encoder, captions);
  const file = Buffer.from(
    stringifyExtended({ columns, data: kept.slice(0, RUN_ROWS).map((row) => row.map(plainCell)) }),
  );
  const sha256 = hash("sha256", file, "hex");
  const path = mediaPath("table", key, context.step, sha256, "table.json");
  const entry = `${fileKey(key)}.table.json`;
  const [clientId, sequenceClientId] = [context.randomId(), context.randomId()];
  return {
    key,
    value: {
      _type: "table-file",
      path,
      sha256,
      size: file.length,
      ncols: columns.length,
      nrows: kept.length,
      log_mode: "IMMUTABLE",
      artifact_path: `wandb-client-artifact://${clientId}/${entry}`,
      _latest_artifact_path: `wandb-client-artifact://${sequenceClientId}:latest/${entry}`,
    },
    files: [{ path, bytes: file }],
    config: [],
    artifact: {
      name: artifactName(`run-${context.runId}-${key}`),
      type: "run_table",
      aliases: ["latest"],
      clientId,
      sequenceClientId,
      entries: [
        { path: entry, bytes: Buffer.from(stringifyExtended(artifactTable(columns, kept, pictures))) },
        ...pictures.entries,
      ],
    },
    notices: rows.length > ARTIFACT_ROWS ? [tooLong(key, rows.length)] : [],
  };
}

function artifactTable(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { cells, type }: PictureCells,
): ExtendedJson {
  const types = columns.map((column, index): [string, ExtendedJson] => [
    column,
    columnType(
      rows.map((row) => row[index]!),
      type,
    ),
  ]);
  return {
    _type: "table",
    columns,
    ncols: columns.length,
    nrows: rows.length,
    log_mode: "IMMUTABLE",
    data: rows.map((row) => row.map((cell) => (isPicture(cell) ? cells.get(cell)! : artifactValue(cell)))),
    column_types: { wb_type: "typedDict", params: { type_map: Object.fromEntries(types) } },
  };
}

function tooLong(key: string, rows: number): MlogError {
  return new MlogError(
    "WANDB_TABLE_CUT",
    `of the ${rows} rows of table ${JSON.stringify(key)}, W&B gets the first ${ARTIFACT_ROWS}, which is all that it takes`,
  );
}
