import { RingConsumer, type ConsumerOptions, type Failure } from "./ring-consumer.ts";
import {
  ASLEEP,
  AWAKE,
  BY_CALLER,
  BY_WORKER,
  CLOSE,
  DOORBELL,
  FAILING,
  FLUSH,
  HEAD,
  LEAVE,
  LOCK,
  SLEEPING,
  STARTING,
  STARTED,
  STOP,
  TAIL,
  UNLOCKED,
  type Ring,
} from "./ring.ts";
import type { WorkerMessage } from "./worker-protocol.ts";

/** How long records wait for others to be written with them, in ms. */
const GATHER = 10;
/** How long after the last record the worker stops looking by itself, in ms. */
const LINGER = 1000;
/** How long after a failure the next attempt is made, in ms. */
const RETRY = 100;

/** What the loop needs beside what its {@link RingConsumer} needs. */
export interface LoopOptions extends Omit<ConsumerOptions, "onFailure"> {
  say(message: WorkerMessage): void;
}

/** What the worker does until it is told to stop: it never returns to its event loop meanwhile. */
export class WorkerLoop {
  readonly #control: Int32Array;
  readonly #consumer: RingConsumer;
  readonly #say: (message: WorkerMessage) => void;
  /** The latest flush request seen, the one answered last, and how far the former reaches. */
  #requested = 0;
  #answered = 0;
  #flushUpTo = 0;
  #lastTraffic = 0;

  constructor(ring: Ring, options: LoopOptions) {
    this.#control = ring.control;
    this.#say = options.say;
    const onFailure = (failure: Failure): void => options.say({ kind: "failing", failure });
    this.#consumer = new RingConsumer(ring, { ...options, onFailure });
  }

  run(): void {
    const control = this.#control;
    Atomics.store(control, STARTED, 1);
    Atomics.compareExchange(control, SLEEPING, STARTING, AWAKE);
    for (;;) {
      // Read before the head is: what was appended before a ring or a request is then seen.
      const bell = Atomics.load(control, DOORBELL);
      const stop = Atomics.load(control, STOP);
      if (stop === LEAVE || !this.#lock()) return;
      const closed = this.#turn(stop === CLOSE);
      Atomics.store(control, LOCK, UNLOCKED);
      Atomics.notify(control, LOCK);
      if (closed) return;
      this.#wait(bell);
    }
  }

  /** Writes one batch and answers what can be answered. Returns true if that was all. */
  #turn(closing: boolean): boolean {
    const request = Atomics.load(this.#control, FLUSH);
    if (request !== this.#requested) {
      this.#requested = request;
      this.#flushUpTo = Atomics.load(this.#control, HEAD);
    }
    let failure: Failure | undefined;
    if (!this.#consumer.empty) {
      failure = this.#consumer.writeBatch();
      this.#lastTraffic = performance.now();
    }
    Atomics.store(this.#control, FAILING, failure === undefined ? 0 : 1);
    const flushed = ((Atomics.load(this.#control, TAIL) - this.#flushUpTo) | 0) >= 0;
    if (this.#answered !== this.#requested && (flushed || failure !== undefined)) {
      this.#answered = this.#requested;
      this.#say({ kind: "flushed", request: this.#answered, failure: failure ?? this.#consumer.sync() });
    } else if (this.#consumer.syncDueIn(performance.now()) <= 0) {
      this.#consumer.sync();
    }
    if (!closing || (failure === undefined && !this.#consumer.empty)) return false;
    this.#say({ kind: "closed", failure: failure ?? this.#consumer.sync() });
    return true;
  }

  #wait(bell: number): void {
    const control = this.#control;
    const failing = Atomics.load(control, FAILING) !== 0;
    if (!failing && !this.#consumer.empty) return;
    const now = performance.now();
    const look = failing ? RETRY : now - this.#lastTraffic < LINGER ? GATHER : Infinity;
    const timeout = Math.min(look, this.#consumer.syncDueIn(now));
    if (timeout !== Infinity) {
      Atomics.wait(control, DOORBELL, bell, timeout);
      return;
    }
    // The appending thread stores the head, then reads SLEEPING; here it is the other way round, so
    // that at least one of the two sees what the other did.
    Atomics.compareExchange(control, SLEEPING, AWAKE, ASLEEP);
    if (this.#consumer.empty) Atomics.wait(control, DOORBELL, bell);
    Atomics.compareExchange(control, SLEEPING, ASLEEP, AWAKE);
  }

  /** Returns false if the calling thread has taken over for good. */
  #lock(): boolean {
    const control = this.#control;
    while (Atomics.compareExchange(control, LOCK, UNLOCKED, BY_WORKER) !== UNLOCKED) {
      if (Atomics.load(control, STOP) === LEAVE) return false;
      Atomics.wait(control, LOCK, BY_CALLER, RETRY);
    }
    return true;
  }
}
