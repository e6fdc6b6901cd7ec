import { JsonTree, pathOf } from "../records/json-tree.ts";
import type { HistoryRecord, WandbRecord } from "../wandb-file/messages.ts";
import { timeOf } from "../wandb-file/timestamp.ts";

/** A row as a line of `wandb-history.jsonl`. */
export function historyLine({ item }: HistoryRecord): string {
  const row = new JsonTree();
  for (const one of item) row.set(pathOf(one), one.value_json ?? "null");
  return row.print();
}

/** Printed text as lines of `output.log`. */
export function outputLines({
  output_type: type,
  timestamp,
  line = "",
}: NonNullable<WandbRecord["output_raw"]>): string[] {
  const time = new Date(timeOf(timestamp ?? {})).toISOString().slice(0, -1);
  const prefix = `${type === 1 ? "" : "ERROR "}${time}000 `;
  return line
    .replace(/\n$/, "")
    .split("\n")
    .map((text) => prefix + text);
}
