import { vi } from "vitest";

/** Waits until `expectation` holds, for as long as a busy machine may need. */
export function eventually(expectation: () => void): Promise<void> {
  return vi.waitFor(expectation, { timeout: 30_000, interval: 10 });
}
