import type { IHasher } from "hash-wasm";

/** Its bits from the lowest power on, as hash-wasm takes them. */
const POLYNOMIAL = "9a6c9329ac4bc9b5";

/** Each has memory of its own, which is taken again for the next. */
const free: IHasher[] = [];

/** A CRC-64/NVME of bytes that come one after the other; `digest` gives its 8 bytes, the most significant first, and ends it. */
export async function startCrc64Nvme(): Promise<Pick<IHasher, "update"> & { digest(): Uint8Array }> {
  const hasher = free.pop() ?? (await make());
  hasher.init();
  return {
    update: (chunk) => hasher.update(chunk),
    digest: () => {
      const sum = hasher.digest("binary");
      free.push(hasher);
      return sum;
    },
  };
}

async function make(): Promise<IHasher> {
  // Most stores want another one.
  const { createCRC64 } = await import("hash-wasm");
  return createCRC64(POLYNOMIAL);
}
