import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** How many complete records with metrics are in the file: what is measured must have arrived. */
export async function countRecords(path: string): Promise<number> {
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // Other records of mlog, such as the one that starts a log, have no metrics.
    if (line.includes('"loss/train/total":') || line.includes(',"metrics":{'))
      records += line.endsWith("}") ? 1 : 0;
  }
  return records;
}
