import { readFileSync, writeFileSync } from "node:fs";

/** Linux forgets the peak so far and starts again from now. Returns the memory of now, in KiB. */
export function resetPeak(): number {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Elsewhere the peak counts from the start of the process, which makes the growth look larger.
  }
  return process.memoryUsage.rss() / 1024;
}

/** In KiB. */
export function peakMemory(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
