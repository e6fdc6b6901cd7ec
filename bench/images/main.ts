import { readOptions } from "../harness/options.ts";
import { printEnd, printTargets } from "../harness/report.ts";
import { batch } from "./batch.ts";

const options = readOptions();
const parts = { batch };

for (const [name, run] of Object.entries(parts)) {
  if (options.only.length === 0 || options.only.includes(name)) printTargets(await run(options));
}
printEnd();
