let cpu = process.cpuUsage();
let at = performance.now();

/** What the process uses, since the last call. */
export function systemMetrics(): Record<string, number> {
  const used = process.cpuUsage(cpu);
  const elapsed = performance.now() - at;
  cpu = process.cpuUsage();
  at = performance.now();
  const memory = process.memoryUsage();
  return {
    "system/cpu_percent": ((used.user + used.system) / 1000 / elapsed) * 100,
    "system/rss_mib": memory.rss / 2 ** 20,
    "system/heap_mib": memory.heapUsed / 2 ** 20,
  };
}
