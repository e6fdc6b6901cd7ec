import { RingConsumer, type Failure } from "./ring-consumer.ts";
import type { FrameEncoder } from "./row-encoder/frame-encoder.ts";
import { report, failureError, type WriterOptions } from "./writer-options.ts";

/** How long a record waits for others to be written with it, in ms. */
const GATHER = 10;
/** How long after a failure the next attempt is made, in ms. */
const RETRY = 100;

/** Empties a ring on the thread that fills it. Its timers keep no process alive. */
export class LocalPump {
  readonly #options: WriterOptions;
  readonly #consumer: RingConsumer;
  #timer: NodeJS.Timeout | undefined;
  /** The timer is set for what was appended, or for an attempt that failed; not just for a sync. */
  #gathering = false;
  #stopped = false;
  /** Write at each append, instead of gathering for some milliseconds. */
  immediate: boolean;

  constructor(options: WriterOptions, encoder: FrameEncoder, huge: () => Uint8Array, immediate: boolean) {
    this.#options = options;
    this.immediate = immediate;
    this.#consumer = new RingConsumer(options.ring, {
      encoder,
      huge,
      files: options.files,
      fd: options.fd,
      bytes: options.bytes,
      newIn: options.newIn,
      syncAlways: options.syncAlways,
      onFailure: (failure) => report(options, failureError(options.path, failure)),
    });
  }

  /** Something was appended. */
  appended(): void {
    if (this.immediate) this.write();
    else if (!this.#gathering) this.#gather();
  }

  /** Writes everything that waits. Returns why that failed. */
  write(): Failure | undefined {
    const failure = this.#consumer.drain();
    clearTimeout(this.#timer);
    this.#gathering = failure !== undefined;
    if (this.#gathering) this.#wakeIn(RETRY);
    else if (this.#options.syncAlways) this.#wakeIn(this.#consumer.syncDueIn(performance.now()));
    return failure;
  }

  /** Writes and syncs everything. Returns why that failed. */
  flush(): Failure | undefined {
    return this.write() ?? this.#consumer.sync();
  }

  /** Arms no timer from now on. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #gather(): void {
    this.#gathering = true;
    clearTimeout(this.#timer);
    this.#wakeIn(GATHER);
  }

  #wakeIn(delay: number): void {
    if (this.#stopped || delay === Infinity) return;
    this.#timer = setTimeout(() => this.#wake(), delay).unref();
  }

  #wake(): void {
    if (this.#consumer.syncDueIn(performance.now()) <= 0) this.#consumer.sync();
    this.write();
  }
}
