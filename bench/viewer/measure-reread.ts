/** What a viewer without an index does: reads every log for the list, and those of a chart for the chart. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readSeries } from "@mlog/file";
import { printFigures, readParameters } from "../harness/measure.ts";

const { folder, only, overlaid } = readParameters<{ folder: string; only: number; overlaid: number }>();
const names = readdirSync(folder);

/** @returns ms per run, over the first `only` ones: reading all would take as long as it looks */
const start = performance.now();
for (const name of names.slice(0, only)) await readSeries(join(folder, name));
const perRun = (performance.now() - start) / Math.min(only, names.length);
printFigures({ list: perRun * names.length, chart: perRun * overlaid });
