import { printEnd, printTargets } from "../harness/report.ts";
import { readOptions } from "../harness/options.ts";
import { bursts } from "./bursts.ts";
import { calls } from "./calls.ts";
import { randomKeys } from "./random-keys.ts";
import { steps } from "./steps.ts";
import { sustained } from "./sustained.ts";

const options = readOptions();
const parts = { bursts, sustained, "random-keys": randomKeys, steps, calls };

for (const [name, run] of Object.entries(parts)) {
  if (options.only.length === 0 || options.only.includes(name)) printTargets(await run(options));
}
printEnd();
