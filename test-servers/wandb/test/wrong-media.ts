import type { Rule } from "../index.ts";
import { type MediaRun, png, sha256 } from "./media-run.ts";

/** What breaks each rule, and no other, in a run where all else agrees. */
export const WRONG_MEDIA: readonly (readonly [rule: Rule, how: string, spoil: (run: MediaRun) => void])[] = [
  ["M1", "a file that never arrives", ({ files }) => delete files[Object.keys(files)[0]!]],
  [
    "M2",
    "a name that is not of the content",
    (run) => {
      const [path, bytes] = Object.entries(run.files)[0]!;
      const wrong = path.replace(/[0-9a-f]{20}/, "0".repeat(20));
      delete run.files[path];
      run.files[wrong] = bytes;
      run.images["filenames"] = [wrong, wrong];
    },
  ],
  ["M3", "another count than names", ({ images }) => (images["count"] = 3)],
  ["M3", "fewer masks than names", ({ images }) => (images["all_masks"] as unknown[]).pop()],
  ["M4", "no labels of a mask", (run) => (run.config = {})],
  [
    "M5",
    "no artifact",
    ({ table }) => (table["artifact_path"] = "wandb-client-artifact://none/tbl.table.json"),
  ],
  [
    "M5",
    "an entry that the artifact lacks",
    ({ artifactFiles }) => delete artifactFiles["media/images/1.png"],
  ],
  [
    "M5",
    "other bytes than the cell says",
    ({ artifactFiles }) => (artifactFiles["media/images/1.png"] = png(1, 1, [9])),
  ],
  ["M5", "another number of rows", ({ artifactTable }) => (artifactTable["nrows"] = 2)],
  ["M5", "a row of another length", ({ artifactTable }) => (artifactTable["data"] = [[1]])],
  [
    "M5",
    "a column without a type",
    ({ artifactTable }) => (artifactTable["column_types"] = { params: { type_map: { a: {} } } }),
  ],
  ["M5", "other columns", ({ artifactTable }) => (artifactTable["columns"] = ["a", "q"])],
  ["U4", "another hash", ({ table }) => (table["sha256"] = "0".repeat(64))],
  ["U4", "another size", ({ table }) => (table["size"] = 1)],
  ["U4", "another width", ({ images }) => (images["width"] = 3)],
  ["U4", "a picture that is none", (run) => replacePicture(run, Buffer.from("no picture"))],
];

function replacePicture(run: MediaRun, bytes: Uint8Array): void {
  const [path] = Object.entries(run.files)[0]!;
  const name = path.replace(/[0-9a-f]{20}/, sha256(bytes).slice(0, 20));
  delete run.files[path];
  run.files[name] = bytes;
  run.images["filenames"] = [name, name];
}
