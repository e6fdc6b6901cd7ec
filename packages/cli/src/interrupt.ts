/** Resolves at the first Ctrl-C, or when the process is asked to end. A second one ends it at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const interrupted = (): void => {
      for (const signal of signals) process.off(signal, interrupted);
      resolve();
    };
    for (const signal of signals) process.on(signal, interrupted);
  });
}
