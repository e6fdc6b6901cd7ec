import { type ExtendedJson, stringifyExtended } from "../extended-json.ts";
import type { Item } from "../wandb-file/messages.ts";

/** A value under a path. */
export function item(path: readonly string[], text: string): Item {
  return path.length === 1 ? { key: path[0]!, value_json: text } : { nested_key: path, value_json: text };
}

/**
 * Values of any kind. What is nested becomes an item per leaf, as W&B merges it: into a row, and into the summary, which
 * keeps the leaves that later rows lack. What has a `_type`, such as a histogram, is one value.
 */
export function* itemsOf(
  values: Readonly<Record<string, ExtendedJson>>,
  path: readonly string[] = [],
): Iterable<Item> {
  for (const [key, value] of Object.entries(values)) {
    const at = [...path, key];
    if (isNested(value)) yield* itemsOf(value, at);
    else yield item(at, stringifyExtended(value));
  }
}

function isNested(value: ExtendedJson): value is Readonly<Record<string, ExtendedJson>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !("_type" in value) &&
    Object.keys(value).length > 0
  );
}
