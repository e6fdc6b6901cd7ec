import { createEncoder } from "./encoders.ts";
import { drainOnExit, forgetOnExit, reportLost, type Drainable } from "./exit-drain.ts";
import { LocalPump } from "./local-pump.ts";
import type { RecordWriter, WriterStats } from "./record-writer.ts";
import { RingProducer, type RingOwner } from "./ring-producer.ts";
import { TAIL } from "./ring.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";
import { failureError, type WriterOptions } from "./writer-options.ts";

/**
 * Encodes and writes on the calling thread: at each append (`immediate`), or gathered for up to
 * 10 ms or one chunk of the ring. The ring holds what a failing disk does not take.
 */
export class InThreadWriter implements RecordWriter, RingOwner, Drainable {
  readonly #options: WriterOptions;
  readonly #producer: RingProducer;
  /** Undefined once it is closed. */
  #pump: LocalPump | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: WriterOptions, immediate: boolean) {
    this.#options = options;
    this.#producer = new RingProducer(options.ring, options.rows, this);
    this.#pump = new LocalPump(options, this.encoder(), () => this.#producer.huge, immediate);
    drainOnExit(this);
  }

  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean {
    const taken = this.#producer.appendRow(fields, names, values);
    if (taken) this.#pump!.appended();
    return taken;
  }

  append(record: string | Uint8Array): boolean {
    const taken = this.#producer.append(record);
    if (taken) this.#pump!.appended();
    return taken;
  }

  async flush(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed;
    const failure = this.#pump!.flush();
    if (failure !== undefined) throw failureError(this.#options.path, failure);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  stats(): WriterStats {
    return this.#producer.stats();
  }

  crossed(): void {
    this.#pump!.write();
  }

  makeRoom(tail: number): boolean {
    this.#pump!.write();
    return Atomics.load(this.#options.ring.control, TAIL) !== tail;
  }

  encoder(): FrameEncoder {
    return createEncoder(this.#options.rows, this.#options.ring);
  }

  drainAtExit(): void {
    const pump = this.#pump!;
    pump.immediate = true;
    const failure = this.#options.syncAlways ? pump.flush() : pump.write();
    const { appended, written } = this.stats();
    if (failure !== undefined) reportLost(this.#options.path, appended - written, failure.message);
  }

  async #close(): Promise<void> {
    const { files, fd, path } = this.#options;
    this.#producer.stop();
    const pump = this.#pump!;
    const failure = pump.flush();
    pump.stop();
    forgetOnExit(this);
    files.closeSync(fd);
    // Whoever keeps a logger after its end shall not keep this.
    this.#producer.release();
    this.#pump = undefined;
    const { appended, written } = this.stats();
    if (failure !== undefined) throw failureError(path, failure, appended - written);
  }
}
