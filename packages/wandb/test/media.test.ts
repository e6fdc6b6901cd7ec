import { hash } from "node:crypto";
import { type ImageBatch, Logger, State, type Table, image } from "@mlog/core";
import { ImageEncoder, decodeImage, decodeMask } from "@mlog/image";
import { afterAll, describe, expect, it } from "vitest";
import { randomId } from "../src/artifacts/random-id.ts";
import { parseExtended } from "../src/extended-json.ts";
import { columnType } from "../src/media/column-types.ts";
import { fileKey } from "../src/media/file-name.ts";
import { histogramValue } from "../src/media/histogram.ts";
import { imagesMedia } from "../src/media/images.ts";
import type { MediaContext, MediaResult } from "../src/media/media-result.ts";
import { tableMedia } from "../src/media/table.ts";

const encoder = new ImageEncoder();
afterAll(() => encoder.close());

const context: MediaContext = { runId: "run1", step: 5, encoder, randomId };

/** What core hands a destination. */
function handedOver(log: (logger: Logger) => void): { batches: ImageBatch[]; tables: Table[] } {
  const batches: ImageBatch[] = [];
  const tables: Table[] = [];
  const logger = new Logger(new State({ runName: "media" }), {
    name: "kept",
    specVersion: 1,
    logImages: (batch) => batches.push(batch),
    logTable: (table) => tables.push(table),
  });
  log(logger);
  return { batches, tables };
}

function entry({ artifact }: MediaResult, path: string): Uint8Array {
  return artifact!.entries.find((each) => each.path === path)!.bytes!;
}

function json(bytes: Uint8Array): Record<string, never> {
  return parseExtended(Buffer.from(bytes).toString()) as Record<string, never>;
}

const GREY = [
  [0, 0.5],
  [0.25, 1],
];
const CLASSES = [
  [0, 1],
  [2, 255],
];

describe("a table", () => {
  const { tables } = handedOver((logger) =>
    logger.logTable(
      ["a", "b", "c", "when"],
      [
        [1, "x", 1.5, new Date(0)],
        [2, "y", NaN, null],
      ],
      { name: "eval/tbl" },
    ),
  );

  it("is a file of the run with columns and data, and a value that describes it", async () => {
    const { key, value, files } = await tableMedia(tables[0]!, context);
    const [file] = files;
    const sha256 = hash("sha256", file!.bytes, "hex");
    expect(file!.path).toBe(`media/table/eval/tbl_5_${sha256.slice(0, 20)}.table.json`);
    expect(Buffer.from(file!.bytes).toString()).toBe(
      '{"columns":["a","b","c","when"],"data":[[1,"x",1.5,"1970-01-01T00:00:00.000Z"],[2,"y",NaN,null]]}',
    );
    expect(key).toBe("eval/tbl");
    expect(value).toMatchObject({
      _type: "table-file",
      path: file!.path,
      sha256,
      size: file!.bytes.length,
      ncols: 4,
      nrows: 2,
    });
  });

  it("is an artifact with the types of its columns, to which the value points", async () => {
    const result = await tableMedia(tables[0]!, context);
    const { artifact, value } = result;
    expect(artifact).toMatchObject({ type: "run_table", aliases: ["latest"] });
    expect(artifact!.name).toMatch(/^run-run1-evaltbl-.{6}$/);
    expect(value).toMatchObject({
      artifact_path: `wandb-client-artifact://${artifact!.clientId}/eval/tbl.table.json`,
      _latest_artifact_path: `wandb-client-artifact://${artifact!.sequenceClientId}:latest/eval/tbl.table.json`,
    });
    const optional = (type: string): unknown => ({
      wb_type: "union",
      params: { allowed_types: [{ wb_type: "none" }, { wb_type: type }] },
    });
    expect(json(entry(result, "eval/tbl.table.json"))).toEqual({
      _type: "table",
      columns: ["a", "b", "c", "when"],
      ncols: 4,
      nrows: 2,
      log_mode: "IMMUTABLE",
      data: [
        [1, "x", 1.5, "1970-01-01T00:00:00.000Z"],
        [2, "y", null, null],
      ],
      column_types: {
        wb_type: "typedDict",
        params: {
          type_map: {
            a: optional("number"),
            b: optional("string"),
            c: optional("number"),
            when: optional("string"),
          },
        },
      },
    });
  });

  it("has pictures in its artifact, and their class in the file of the run", async () => {
    const { tables: withPictures } = handedOver((logger) =>
      logger.logTable(["id", "picture"], [[1, image(GREY, { masks: { pred: CLASSES } })]]),
    );
    const result = await tableMedia(withPictures[0]!, context);
    expect(json(result.files[0]!.bytes)["data"]).toEqual([[1, "Image"]]);
    const table = json(entry(result, "Table.table.json"));
    const [[, cell]] = table["data"] as unknown as [[number, Record<string, never>]];
    const picture = entry(result, cell["path"]!);
    expect(cell).toMatchObject({
      _type: "image-file",
      format: "png",
      width: 2,
      height: 2,
      sha256: hash("sha256", picture, "hex"),
    });
    expect(cell["path"]).toBe(`media/images/${hash("md5", picture, "hex").slice(0, 20)}.png`);
    const { pred } = cell["masks"] as unknown as { pred: { path: string } };
    expect([...decodeMask(entry(result, pred.path)).data]).toEqual([0, 1, 2, 255]);
    const { path, digest } = cell["classes"] as unknown as { path: string; digest: string };
    expect(hash("md5", entry(result, path), "base64")).toBe(digest);
    expect(json(entry(result, path))["class_set"]).toEqual(
      [0, 1, 2, 255].map((id) => ({ id, name: `class_${id}` })),
    );
  });

  it("with more rows than W&B takes is cut, and says so", async () => {
    const rows = Array.from({ length: 200_001 }, (_, index) => [index]);
    const result = await tableMedia({ name: "long", columns: ["i"], rows }, context);
    expect((json(result.files[0]!.bytes)["data"] as unknown as unknown[]).length).toBe(10_000);
    expect(json(entry(result, "long.table.json"))["nrows"]).toBe(200_000);
    expect(result.notices.map(({ code }) => code)).toEqual(["WANDB_TABLE_CUT"]);
  });
});

describe("the type of a column", () => {
  const typeOf = (...cells: Parameters<typeof columnType>[0] & unknown[]): unknown =>
    (columnType(cells as never, { wb_type: "image-file" }) as { params: { allowed_types: unknown[] } }).params
      .allowed_types[1];

  it.each([
    ["unknown for nothing but null", [null, null], { wb_type: "unknown" }],
    ["boolean", [true, null], { wb_type: "boolean" }],
    ["number for bigints too", [1, 2n ** 60n], { wb_type: "number" }],
    ["any for a mixture", [1, "one"], { wb_type: "any" }],
    [
      "list with its length",
      [
        [1, 2],
        [3, 4],
      ],
      { wb_type: "list", params: { element_type: { wb_type: "number" }, length: 2 } },
    ],
    [
      "list without one if lengths differ",
      [[1], [3, 4]],
      { wb_type: "list", params: { element_type: { wb_type: "number" }, length: null } },
    ],
    [
      "typedDict, optional where a key is not always there",
      [{ a: 1 }, { a: 2, b: "x" }],
      {
        wb_type: "typedDict",
        params: {
          type_map: {
            a: { wb_type: "number" },
            b: { wb_type: "union", params: { allowed_types: [{ wb_type: "none" }, { wb_type: "string" }] } },
          },
        },
      },
    ],
  ])("is %s", (_, cells, type) => {
    expect(typeOf(...(cells as never[]))).toEqual(type);
  });
});

describe("pictures", () => {
  const masks = { pred: [CLASSES, CLASSES] };
  const batchOf = (useTable: boolean, maskClassLabels?: Record<number, string>): ImageBatch =>
    handedOver((logger) =>
      logger.logImages(
        [
          { data: Float32Array.of(0, 0.5, 0.25, 1), shape: [2, 2] },
          { data: Uint8Array.of(255, 0, 0, 9), shape: [2, 2] },
        ],
        {
          name: "val/x",
          useTable,
          masks,
          ...(maskClassLabels && { maskClassLabels }),
        },
      ),
    ).batches[0]!;

  it("as a list are files named after their content, and a value that names them", async () => {
    const { key, value, files } = await imagesMedia(batchOf(false), context);
    const { filenames, all_masks, ...rest } = value as {
      filenames: string[];
      all_masks: { pred: { path: string; sha256: string; size: number } }[];
    };
    expect(key).toBe("val/x");
    expect(rest).toEqual({ _type: "images/separated", format: "png", width: 2, height: 2, count: 2 });
    expect(filenames).toHaveLength(2);
    for (const { path, bytes } of files)
      expect(path).toContain(`_5_${hash("sha256", bytes, "hex").slice(0, 20)}.`);
    const [first] = files.filter(({ path }) => path === filenames[0]);
    expect([...(await decodeImage(first!.bytes)).data]).toEqual([0, 127, 63, 255]);
    expect(all_masks).toHaveLength(2);
    const mask = files.find(({ path }) => path === all_masks[0]!.pred.path);
    expect(mask!.path).toMatch(/^media\/images\/mask\/val\/x_5_[0-9a-f]{20}\.mask\.png$/);
    expect([...decodeMask(mask!.bytes).data]).toEqual([0, 1, 2, 255]);
    // Both pictures have the same mask: one file.
    expect(files).toHaveLength(3);
  });

  it("keep masks as grey levels without a palette", async () => {
    const { files } = await imagesMedia(batchOf(false), context);
    const mask = files.find(({ path }) => path.includes("/mask/"))!;
    // The colour type of a PNG: 0 is grey, 3 has a palette.
    expect([mask.bytes[24], mask.bytes[25]]).toEqual([8, 0]);
  });

  it("name the classes of their masks in the config, as given or by number", async () => {
    const { config } = await imagesMedia(batchOf(false, { 0: "bg", 1: "cat" }), context);
    const name = "val/x_wandb_delimeter_pred";
    expect(config).toEqual([
      {
        path: ["mask/class_labels", name],
        value: { type: "mask/class_labels", key: name, value: { 0: "bg", 1: "cat" } },
      },
    ]);
    const { config: byNumber } = await imagesMedia(batchOf(false), context);
    expect(byNumber[0]!.value).toMatchObject({
      value: { 0: "class_0", 1: "class_1", 2: "class_2", 255: "class_255" },
    });
  });

  it("as a table are one column, one row each", async () => {
    const result = await imagesMedia(batchOf(true, { 0: "bg" }), context);
    expect(result.key).toBe("val/x Table");
    expect(json(result.files[0]!.bytes)).toEqual({ columns: ["val/x"], data: [["Image"], ["Image"]] });
    const { column_types } = json(entry(result, "val/x Table.table.json"));
    expect(column_types).toMatchObject({
      params: {
        type_map: {
          "val/x": {
            params: {
              allowed_types: [
                { wb_type: "none" },
                { wb_type: "image-file", params: { mask_layers: { params: { val: { pred: [0] } } } } },
              ],
            },
          },
        },
      },
    });
  });

  it("beyond the 108 of a list are left out, and that is said", async () => {
    const pixel = { data: Uint8Array.of(1), shape: [1, 1] };
    const batch = handedOver((logger) =>
      logger.logImages(
        Array.from({ length: 109 }, () => pixel),
        { useTable: false },
      ),
    ).batches[0]!;
    const { value, notices } = await imagesMedia(batch, context);
    expect(value).toMatchObject({ count: 108 });
    expect(notices.map(({ code }) => code)).toEqual(["WANDB_IMAGES_CUT"]);
  });

  it("are an error where nothing encodes them", async () => {
    const failing = imagesMedia(batchOf(false), { ...context, encoder: undefined });
    await expect(failing).rejects.toMatchObject({ code: "IMAGES_NOT_STORED" });
  });
});

it("keeps a histogram's counts and edges", () => {
  const nonFinite = { nan: 1, infinity: 0, negativeInfinity: 0 };
  const histogram = { name: "h", counts: Float64Array.of(1, 2), edges: Float64Array.of(0, 1, 2), nonFinite };
  expect(histogramValue(histogram)).toEqual({ _type: "histogram", values: [1, 2], bins: [0, 1, 2] });
});

it.each([
  ["a/b", "a/b"],
  ["/a", "a"],
  ["../x", "_/x"],
  ["./a b", "_/a b"],
  ["a\\b\u0000", "a_b_"],
  ["/", "_"],
  ["ä".repeat(200), "ä".repeat(80)],
])("puts %j below its folder as %j", (key, name) => {
  expect(fileKey(key)).toBe(name);
});
