import { JsonTree, pathOf } from "../records/json-tree.ts";
import type { HistoryRecord } from "../wandb-file/messages.ts";

/** A row as a line of `wandb-history.jsonl`. */
export function historyLine({ item }: HistoryRecord): string {
  const row = new JsonTree();
  for (const one of item) row.set(pathOf(one), one.value_json ?? "null");
  return row.print();
}
