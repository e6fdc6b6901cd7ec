import type { Cell } from "@mlog/core";
import type { ExtendedJson } from "../extended-json.ts";
import { isPicture } from "./table-cells.ts";

/** What values have in common. */
type Type =
  | { readonly kind: "unknown" | "any" | "number" | "string" | "boolean" | "image" }
  | { readonly kind: "list"; readonly element: Shape; readonly length: number | null }
  | { readonly kind: "dict"; readonly fields: ReadonlyMap<string, Shape> };

/** A type, and whether null is among the values. */
interface Shape {
  readonly type: Type;
  readonly isOptional: boolean;
}

const UNKNOWN: Shape = { type: { kind: "unknown" }, isOptional: false };
const NULL: Shape = { type: { kind: "unknown" }, isOptional: true };

/**
 * The type of a column in the words of W&B, which takes null everywhere. Values of different types make
 * it `any`, where Python's client refuses the table.
 *
 * @param imageType the type of pictures
 */
export function columnType(cells: Iterable<Cell>, imageType: ExtendedJson): ExtendedJson {
  let shape = NULL;
  for (const cell of cells) shape = merge(shape, shapeOf(cell));
  return toJson({ ...shape, isOptional: true }, imageType);
}

function shapeOf(value: Cell): Shape {
  if (value === null) return NULL;
  switch (typeof value) {
    case "boolean":
    case "string":
      return { type: { kind: typeof value as "boolean" | "string" }, isOptional: false };
    case "number":
      // The table holds null for NaN.
      return { type: { kind: "number" }, isOptional: Number.isNaN(value) };
    case "bigint":
      return { type: { kind: "number" }, isOptional: false };
    default:
      break;
  }
  if (isPicture(value)) return { type: { kind: "image" }, isOptional: false };
  if (Array.isArray(value)) {
    const element = value.reduce<Shape>((shape, each: Cell) => merge(shape, shapeOf(each)), UNKNOWN);
    return { type: { kind: "list", element, length: value.length }, isOptional: false };
  }
  const fields = new Map(Object.entries(value as object).map(([key, each]) => [key, shapeOf(each as Cell)]));
  return { type: { kind: "dict", fields }, isOptional: false };
}

function merge(a: Shape, b: Shape): Shape {
  return { type: mergeTypes(a.type, b.type), isOptional: a.isOptional || b.isOptional };
}

function mergeTypes(a: Type, b: Type): Type {
  if (a.kind === "unknown") return b;
  if (b.kind === "unknown") return a;
  if (a.kind === "list" && b.kind === "list") {
    const length = a.length === b.length ? a.length : null;
    return { kind: "list", element: merge(a.element, b.element), length };
  }
  if (a.kind === "dict" && b.kind === "dict") {
    const keys = new Set([...a.fields.keys(), ...b.fields.keys()]);
    const fields = new Map(
      [...keys].map((key) => [key, merge(a.fields.get(key) ?? NULL, b.fields.get(key) ?? NULL)]),
    );
    return { kind: "dict", fields };
  }
  return a.kind === b.kind ? a : { kind: "any" };
}

function toJson({ type, isOptional }: Shape, imageType: ExtendedJson): ExtendedJson {
  const json = typeToJson(type, imageType);
  if (!isOptional) return json;
  return { wb_type: "union", params: { allowed_types: [{ wb_type: "none" }, json] } };
}

function typeToJson(type: Type, imageType: ExtendedJson): ExtendedJson {
  switch (type.kind) {
    case "image":
      return imageType;
    case "list":
      return {
        wb_type: "list",
        params: { element_type: toJson(type.element, imageType), length: type.length },
      };
    case "dict": {
      const entries = [...type.fields].map(([key, shape]) => [key, toJson(shape, imageType)]);
      return { wb_type: "typedDict", params: { type_map: Object.fromEntries(entries) as ExtendedJson } };
    }
    default:
      return { wb_type: type.kind };
  }
}
