import { dirname, join } from "node:path";
import type { FileLogger } from "@mlog/file";
import type { InMemoryLogger } from "@mlog/memory";

const BARS = "▁▂▃▄▅▆▇█";

/** What the run left in memory and on disk, and how to look at it. */
export function printSummary(memory: InMemoryLogger, file: FileLogger): void {
  console.log("\nIn memory:");
  for (const metric of memory.metricNames) {
    const { values } = memory.getTimeseries(metric);
    console.log(
      `  ${metric.padEnd(20)} ${sparkline(values)}  last ${values.at(-1)?.toPrecision(4)} (${values.length} points)`,
    );
  }
  console.log(`\nOn disk: ${file.path}`);
  console.log(`  one JSON object per line; try: tail -n 3 ${file.path}`);
  console.log(`  pictures of digits and activations: ${join(dirname(file.path!), "media")}`);
}

/** The values as 24 bars from lowest to highest. */
function sparkline(values: Float64Array): string {
  const width = Math.min(24, values.length);
  const means = Array.from({ length: width }, (_, i) => {
    const part = values.subarray(
      Math.floor((i * values.length) / width),
      Math.floor(((i + 1) * values.length) / width),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const range = Math.max(...means) - low || 1;
  return means
    .map((mean) => BARS[Math.round(((mean - low) / range) * (BARS.length - 1))]!)
    .join("")
    .padEnd(24);
}
