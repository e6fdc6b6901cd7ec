import { ARRAYS } from "./dtype.ts";
import type { DType, TensorData } from "./tensor.ts";
import type { TensorSource } from "./tensor-source.ts";

/** In bytes; from here on it is cheaper to share memory with a worker than to copy it again. */
const SHARED_FROM = 16 * 1024;

/**
 * In bytes. How much memory is used again once nothing refers to the copy in it any more: the system
 * clears fresh memory page by page, which takes several times as long as the copy itself.
 */
const REUSED = 64 * 2 ** 20;
let reusedBytes = 0;
const spare: SharedArrayBuffer[] = [];
const unreachable = new FinalizationRegistry<SharedArrayBuffer>((memory) => spare.push(memory));

/**
 * V8 collects garbage by the memory it counts, and does not count shared memory: without an ordinary
 * buffer of the same size beside each, unused copies pile up by the gigabyte. Nobody touches these
 * buffers, so that large ones take address space and no memory.
 */
const counted = new WeakMap<TensorData, ArrayBuffer>();

/** Of undefined content. In shared memory where there is any and it pays, so that a worker can be handed it uncopied. */
export function allocate(dtype: DType, length: number): TensorData {
  const Class = ARRAYS[dtype];
  const bytes = length * Class.BYTES_PER_ELEMENT;
  if (bytes < SHARED_FROM || typeof SharedArrayBuffer === "undefined") return new Class(length);
  const reused = reusedMemory(bytes);
  const copy = new Class(reused ?? new SharedArrayBuffer(bytes));
  if (!reused) counted.set(copy, new ArrayBuffer(bytes));
  return copy;
}

/** Undefined where all that may be kept is in use. */
function reusedMemory(bytes: number): SharedArrayBuffer | undefined {
  const index = spare.findLastIndex(({ byteLength }) => byteLength === bytes);
  let [memory] = index < 0 ? [] : spare.splice(index, 1);
  if (!memory) {
    while (reusedBytes + bytes > REUSED && spare.length > 0) reusedBytes -= spare.shift()!.byteLength;
    if (reusedBytes + bytes > REUSED) return undefined;
    reusedBytes += bytes;
    memory = new SharedArrayBuffer(bytes);
  }
  // A second object for the same memory, whose end tells that nobody uses it.
  const handle = structuredClone(memory);
  unreachable.register(handle, memory);
  return handle;
}

/** A copy in memory of its own. */
export function copyValues(source: TensorSource): TensorData {
  const copy = allocate(source.dtype, source.data.length);
  (copy as Float64Array).set(source.data as Float64Array);
  return copy;
}

/** Element `index` of the first axis. */
export function select({ data, shape, ...source }: TensorSource, index: number): TensorSource {
  const size = data.length / shape[0]!;
  return { ...source, shape: shape.slice(1), data: data.subarray(index * size, (index + 1) * size) };
}
