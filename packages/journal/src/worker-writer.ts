import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { createEncoder } from "./encoders.ts";
import { drainOnExit, forgetOnExit, reportLost, type Drainable } from "./exit-drain.ts";
import { JournalError } from "./journal-error.ts";
import { LocalPump } from "./local-pump.ts";
import type { RecordWriter, WriterStats } from "./record-writer.ts";
import { PendingFlushes } from "./pending-flushes.ts";
import type { Failure } from "./ring-consumer.ts";
import { RingProducer, type RingOwner } from "./ring-producer.ts";
import {
  AWAKE,
  BY_CALLER,
  BY_WORKER,
  CLOSE,
  DOORBELL,
  FLUSH,
  GONE,
  LEAVE,
  LOCK,
  SLEEPING,
  STARTED,
  STARTING,
  STOP,
  TAIL,
  UNLOCKED,
} from "./ring.ts";
import { PlainEncoder } from "./row-encoder/plain-encoder.ts";
import { StarvedWorker } from "./starved-worker.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";
import type { HugeRecord, WorkerMessage, WorkerStart } from "./worker-protocol.ts";
import { report, failureError, type WriterOptions } from "./writer-options.ts";

/** The backlog at which the worker is woken before its time, in bytes. */
const WAKE_BYTES = 256 * 1024;
/** How long this thread writes nothing after a slow early write, and from which time it is slow, in ms. */
const EARLY_PAUSE = 10;
const SLOW = 20;
/** How long the end of the process waits for a worker that is in the middle of a write, in ms. */
const EXIT_PATIENCE = 2000;

/**
 * Hands everything to a worker that encodes and writes. If the worker ends before its time, or the
 * process does, the calling thread takes the writing over.
 */
export class WorkerWriter implements RecordWriter, RingOwner, Drainable {
  readonly #options: WriterOptions;
  readonly #control: Int32Array;
  readonly #producer: RingProducer;
  readonly #worker: Worker;
  /** What writes before the worker runs; and, set once this thread has taken over, what writes since. */
  #early: LocalPump | undefined;
  #earlyAgainAt = 0;
  #pump: LocalPump | undefined;
  #workerError: unknown;
  readonly #flushes = new PendingFlushes();
  readonly #starved: StarvedWorker;
  #closed: Promise<void> | undefined;
  #settleClose: ((failure: Failure | undefined) => void) | undefined;
  #closeAnswer: { readonly failure: Failure | undefined } | undefined;

  /** @throws what `new Worker` throws */
  constructor(options: WriterOptions) {
    const { ring, fd, bytes, newIn, rows, filesModule, syncAlways } = options;
    this.#options = options;
    this.#control = ring.control;
    this.#starved = new StarvedWorker(ring);
    this.#producer = new RingProducer(ring, rows, this);
    const start: WorkerStart = { memory: ring.memory, fd, bytes, newIn, rows, filesModule, syncAlways };
    // No flags, no environment: what the application preloads is not for this thread.
    const path = createRequire(import.meta.url).resolve("#worker");
    this.#worker = new Worker(path, { name: "mlog journal", workerData: start, execArgv: [], env: {} });
    this.#worker.on("message", (message: WorkerMessage) => this.#hear(message));
    this.#worker.on("error", (error) => (this.#workerError = error));
    this.#worker.on("exit", () => this.#workerEnded());
    // Listening for messages holds the process, so this comes last.
    this.#worker.unref();
    drainOnExit(this);
  }

  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean {
    const taken = this.#producer.appendRow(fields, names, values);
    if (Atomics.load(this.#control, SLEEPING) !== AWAKE) this.#wake();
    return taken;
  }

  append(record: string | Uint8Array): boolean {
    const taken = this.#producer.append(record);
    if (Atomics.load(this.#control, SLEEPING) !== AWAKE) this.#wake();
    return taken;
  }

  flush(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed;
    if (this.#pump !== undefined) return this.#flushHere(this.#pump);
    const flushed = this.#flushes.add(Atomics.add(this.#control, FLUSH, 1) + 1);
    this.#worker.ref();
    this.#ring();
    return flushed;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  stats(): WriterStats {
    return this.#producer.stats();
  }

  crossed(backlog: number): void {
    if (this.#pump !== undefined) this.#pump.write();
    else if (backlog >= WAKE_BYTES) this.#ring();
    this.#starved.watch(backlog);
  }

  makeRoom(tail: number): boolean {
    if (this.#pump !== undefined) this.#pump.write();
    else if (Atomics.load(this.#control, STARTED) === 0) this.#writeEarly();
    else {
      this.#ring();
      this.#starved.waitFor(tail);
    }
    return Atomics.load(this.#control, TAIL) !== tail;
  }

  handOver(record: SharedArrayBuffer, position: number): void {
    const message: HugeRecord = { position, record };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    if (this.#pump === undefined) this.#worker.postMessage(message);
  }

  encoder(): FrameEncoder {
    return createEncoder(this.#options.rows, this.#options.ring);
  }

  drainAtExit(): void {
    Atomics.store(this.#control, STOP, LEAVE);
    if (this.#pump === undefined && !this.#lock(EXIT_PATIENCE)) {
      const { appended, written } = this.stats();
      if (appended === written) return;
      reportLost(this.#options.path, appended - written, "the disk does not answer");
      return;
    }
    const pump = this.#takeOver();
    pump.immediate = true;
    const failure = this.#options.syncAlways ? pump.flush() : pump.write();
    const { appended, written } = this.stats();
    if (failure !== undefined) reportLost(this.#options.path, appended - written, failure.message);
  }

  #wake(): void {
    if (this.#pump !== undefined) this.#pump.appended();
    else if (Atomics.load(this.#control, SLEEPING) !== STARTING) this.#ring();
    else if (performance.now() >= this.#earlyAgainAt) this.#writeEarly();
  }

  #ring(): void {
    Atomics.add(this.#control, DOORBELL, 1);
    Atomics.notify(this.#control, DOORBELL);
  }

  /**
   * Until the worker runs, which takes longer than a kill may cost, each record is written here; on a
   * slow disk with pauses, in which the caller gets on and records gather.
   */
  #writeEarly(): void {
    if (!this.#lock(0)) return;
    const start = performance.now();
    this.#earlyPump().write();
    Atomics.store(this.#control, LOCK, UNLOCKED);
    Atomics.notify(this.#control, LOCK);
    const end = performance.now();
    if (end - start > SLOW) this.#earlyAgainAt = end + EARLY_PAUSE;
  }

  /** Waits up to `patience` ms for the worker to finish its batch. */
  #lock(patience: number): boolean {
    const end = performance.now() + patience;
    while (Atomics.compareExchange(this.#control, LOCK, UNLOCKED, BY_CALLER) !== UNLOCKED) {
      const rest = end - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#control, LOCK, BY_WORKER, rest);
    }
    return true;
  }

  /** From now on this thread writes. It has the lock, or the worker is gone. */
  #takeOver(): LocalPump {
    if (this.#pump !== undefined) return this.#pump;
    Atomics.store(this.#control, LOCK, BY_CALLER);
    Atomics.store(this.#control, SLEEPING, GONE);
    return (this.#pump = this.#createPump());
  }

  /** It reports nothing: whoever comes after it meets the same trouble. */
  #earlyPump(): LocalPump {
    if (this.#early !== undefined) return this.#early;
    const { rows, ring } = this.#options;
    const silent = { ...this.#options, onError() {} };
    this.#early = new LocalPump(
      silent,
      new PlainEncoder(rows, ring.dictionary),
      () => this.#producer.huge,
      false,
    );
    this.#early.stop();
    return this.#early;
  }

  #createPump(): LocalPump {
    return new LocalPump(this.#options, this.encoder(), () => this.#producer.huge, false);
  }

  #hear(message: WorkerMessage): void {
    const { path } = this.#options;
    if (message.kind === "failing") report(this.#options, failureError(path, message.failure));
    else if (message.kind === "flushed") this.#settleFlushes(message.request, message.failure);
    else this.#closeAnswer = message;
  }

  #settleFlushes(upTo: number, failure: Failure | undefined): void {
    this.#flushes.settle(upTo, failure && failureError(this.#options.path, failure));
    if (this.#flushes.size === 0 && this.#closed === undefined) this.#worker.unref();
  }

  #workerEnded(): void {
    let failure = this.#closeAnswer?.failure;
    if (this.#closeAnswer === undefined) {
      const file = JSON.stringify(this.#options.path);
      const message = `the thread that writes ${file} has ended; the calling thread writes instead`;
      report(this.#options, new JournalError("WORKER_FAILED", message, { cause: this.#workerError }));
      failure = this.#takeOver().flush();
    }
    this.#settleFlushes(Infinity, failure);
    this.#settleClose?.(failure);
  }

  async #flushHere(pump: LocalPump): Promise<void> {
    const failure = pump.flush();
    if (failure !== undefined) throw failureError(this.#options.path, failure);
  }

  async #close(): Promise<void> {
    const { files, fd, path } = this.#options;
    this.#producer.stop();
    const failure = await (this.#pump === undefined ? this.#closeWorker() : this.#pump.flush());
    this.#pump?.stop();
    forgetOnExit(this);
    files.closeSync(fd);
    // Whoever keeps a logger after its end shall not keep this.
    this.#producer.release();
    this.#early = this.#pump = undefined;
    const { appended, written } = this.stats();
    if (failure !== undefined) throw failureError(path, failure, appended - written);
  }

  #closeWorker(): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      this.#settleClose = resolve;
      this.#worker.ref();
      Atomics.store(this.#control, STOP, CLOSE);
      this.#ring();
    });
  }
}
