import { readOptions } from "../harness/options.ts";
import { printEnd, printTargets } from "../harness/report.ts";
import { batch } from "./batch.ts";
import { flood } from "./flood.ts";
import { histogram } from "./histogram.ts";
import { settings } from "./settings.ts";

const options = readOptions();
const parts = { batch, flood, settings, histogram };

for (const [name, run] of Object.entries(parts)) {
  if (options.only.length > 0 && !options.only.includes(name)) continue;
  const targets = await run(options);
  if (targets.length > 0) printTargets(targets);
}
printEnd();
