import { MemoryObjectStore, type ObjectStore } from "@mlog/object-store";

/** What a store leaves behind in its thread when it is closed. */
export type Left = "nothing" | "a timer" | "an endless loop" | "a download that waits for its signal";

/** A store in memory, with which it stays. */
export function createObjectStore(left: Left): ObjectStore {
  const store: ObjectStore = new MemoryObjectStore();
  store.close = async () => {
    if (left === "a timer") setInterval(() => undefined, 60_000);
    // Begun when the thread ends by itself.
    if (left === "an endless loop") process.once("exit", spin);
  };
  if (left === "a download that waits for its signal") {
    store.get = (_name, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        const timer = setInterval(() => undefined, 60_000);
        signal?.addEventListener("abort", () => {
          clearInterval(timer);
          reject(signal.reason as Error);
        });
      });
  }
  return store;
}

function spin(): never {
  for (;;);
}
