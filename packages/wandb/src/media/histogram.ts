import type { Histogram } from "@mlog/core";
import type { ExtendedJson } from "../extended-json.ts";

/** A histogram as a value of the history. Values that are not finite are in no bin, here as there. */
export function histogramValue({ counts, edges }: Histogram): ExtendedJson {
  return { _type: "histogram", values: Array.from(counts), bins: Array.from(edges) };
}
