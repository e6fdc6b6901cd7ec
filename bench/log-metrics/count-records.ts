import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** How many complete records with metrics are in the file: what is measured must have arrived. */
export async function countRecords(path: string): Promise<number> {
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // Other records of mlog, such as the one that starts a log, are of another type.
    if (line.includes('"type":"metrics"') && line.endsWith("}")) records++;
  }
  return records;
}
