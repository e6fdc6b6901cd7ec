import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** How many complete metrics records are in the file: what is measured must have arrived. */
export async function countRecords(path: string): Promise<number> {
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.includes(',"metrics":{') && line.endsWith("}}")) records++;
  }
  return records;
}
