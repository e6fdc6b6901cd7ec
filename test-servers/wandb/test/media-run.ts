import { createHash } from "node:crypto";
import { encode } from "fast-png";
import { ArtifactClient } from "./artifact-client.ts";
import { type Client, row } from "./client.ts";

/** All parts of a run with a list of pictures with masks, and a table with a picture. A test spoils one of them. */
export interface MediaRun {
  config: Record<string, unknown>;
  files: Record<string, Uint8Array>;
  images: Record<string, unknown>;
  table: Record<string, unknown>;
  artifactTable: Record<string, unknown>;
  artifactFiles: Record<string, Uint8Array>;
}

const NAME = "val/x";
const ENTRY = "tbl.table.json";
const IMAGE_TYPE = { wb_type: "image-file" };

/** A run in which everything agrees. */
export function goodRun(): MediaRun {
  const picture = png(2, 1, [0, 255]);
  const mask = png(2, 1, [0, 3]);
  const picturePath = `media/images/${NAME}_0_${sha256(picture).slice(0, 20)}.png`;
  const maskPath = `media/images/mask/${NAME}_0_${sha256(mask).slice(0, 20)}.mask.png`;
  const shown = Buffer.from(JSON.stringify({ columns: ["a", "p"], data: [[1, "Image"]] }));
  const tablePath = `media/table/tbl_0_${sha256(shown).slice(0, 20)}.table.json`;
  const cell = {
    _type: "image-file",
    path: "media/images/1.png",
    sha256: sha256(picture),
    width: 2,
    height: 1,
  };
  const masks = { pred: { _type: "mask", path: maskPath, sha256: sha256(mask), size: mask.length } };
  return {
    config: { "mask/class_labels": { [`${NAME}_wandb_delimeter_pred`]: { value: { 0: "bg", 3: "cat" } } } },
    files: { [picturePath]: picture, [maskPath]: mask, [tablePath]: shown },
    images: {
      _type: "images/separated",
      format: "png",
      width: 2,
      height: 1,
      count: 2,
      filenames: [picturePath, picturePath],
      all_masks: [masks, null],
    },
    table: {
      _type: "table-file",
      path: tablePath,
      sha256: sha256(shown),
      size: shown.length,
      ncols: 2,
      nrows: 1,
    },
    artifactTable: {
      _type: "table",
      columns: ["a", "p"],
      ncols: 2,
      nrows: 1,
      data: [[1, cell]],
      column_types: {
        wb_type: "typedDict",
        params: { type_map: { a: { wb_type: "number" }, p: IMAGE_TYPE } },
      },
    },
    artifactFiles: { "media/images/1.png": picture },
  };
}

/** Logs the run from its start to its end. */
export async function logRun(client: Client, run: MediaRun): Promise<void> {
  const telemetry = { value: { t: { "12": "1" }, ...run.config } };
  await client.upsert({ config: JSON.stringify({ _wandb: telemetry }) });
  const artifact = new ArtifactClient(client, {
    [ENTRY]: Buffer.from(JSON.stringify(run.artifactTable)),
    ...run.artifactFiles,
  });
  const name = "run-run1-tbl";
  const aliases = [{ artifactCollectionName: name, alias: "latest" }];
  await artifact.send({ artifactCollectionName: name, artifactTypeName: "run_table", aliases });
  const table = { artifact_path: `wandb-client-artifact://${artifact.clientId}/${ENTRY}`, ...run.table };
  await client.history(0, [row(0, { [NAME]: run.images, tbl: table })]);
  await client.sendFiles(run.files);
  await client.complete(0, Object.keys(run.files));
}

/** A grey picture. */
export function png(width: number, height: number, data: readonly number[]): Uint8Array {
  return encode({ width, height, data: Uint8Array.from(data), channels: 1, depth: 8 });
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
