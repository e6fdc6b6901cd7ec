import type { ExtendedJson } from "../extended-json.ts";
import type { ConfigAddition } from "./media-result.ts";

/** Class id -> its name. */
export type ClassLabels = Readonly<Record<number, string>>;

/** The spelling is W&B's. */
const DELIMITER = "_wandb_delimeter_";

/** The labels that were given, else one per class that is there. */
export function labelsFor(given: ClassLabels, classes: Iterable<number>): ClassLabels {
  if (Object.keys(given).length > 0) return given;
  return Object.fromEntries([...classes].sort((a, b) => a - b).map((id) => [id, `class_${id}`]));
}

/** Where the config keeps the labels of one mask of a list of pictures. */
export function labelsInConfig(key: string, mask: string, labels: ClassLabels): ConfigAddition {
  const name = `${key}${DELIMITER}${mask}`;
  return {
    path: ["mask/class_labels", name],
    value: { type: "mask/class_labels", key: name, value: { ...labels } as ExtendedJson },
  };
}
