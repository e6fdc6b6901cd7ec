import type { KeptUpload } from "../staging/kept-upload.ts";
import type { StagedUpload } from "../staging/staged-upload.ts";
import type { Clock } from "./clock.ts";

/** An upload in the queue. */
export interface QueuedUpload {
  readonly kept: KeptUpload;
  /** Undefined if another process left it. */
  readonly key: number | undefined;
  /** Whether it has been told that the file may be changed. */
  isStaged: boolean;
  /** Attempts in a row that failed. */
  failures: number;
  /** Not to be tried before, in Unix ms. */
  dueAt: number;
}

interface Name {
  running?: QueuedUpload;
  waiting?: QueuedUpload;
}

/**
 * What waits to be sent. Of a name, one upload is under way and one waits at most: a later one takes
 * the place of one that waits, and waits itself for one that is under way.
 */
export class UploadQueue {
  readonly #clock: Clock;
  readonly #names: Map<string, Name> = new Map();
  /** In the order of their coming. */
  readonly #fresh: Set<QueuedUpload> = new Set();
  /** Those that failed, and pause. */
  readonly #resting: Set<QueuedUpload> = new Set();
  readonly #running: Set<QueuedUpload> = new Set();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Uploads under way. */
  get running(): number {
    return this.#running.size;
  }

  /** Uploads that have not arrived. */
  get size(): number {
    let waiting = this.#running.size;
    for (const name of this.#names.values()) if (name.waiting !== undefined) waiting++;
    return waiting;
  }

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** @returns the upload that has not to be sent because of this, which may be this one */
  add(upload: QueuedUpload): QueuedUpload | undefined {
    const name = this.#nameOf(upload);
    const other = name.waiting;
    if (isLater(name.running, upload) || isLater(other, upload)) {
      this.#forgetIfEmpty(upload);
      return upload;
    }
    if (other !== undefined) this.#remove(other);
    name.waiting = upload;
    if (name.running === undefined) this.#enqueue(upload);
    return other;
  }

  /** Takes the next that may be sent now, and counts it as under way. */
  take(): QueuedUpload | undefined {
    const upload = this.#fresh.values().next().value ?? this.#due();
    if (upload === undefined) return undefined;
    this.#remove(upload);
    const name = this.#nameOf(upload);
    delete name.waiting;
    name.running = upload;
    this.#running.add(upload);
    return upload;
  }

  /** Whether an upload waits that was never tried. */
  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** When the next that pauses may be sent, in Unix ms. */
  get nextDue(): number {
    let next = Infinity;
    for (const { dueAt } of this.#resting) next = Math.min(next, dueAt);
    return next;
  }

  /** The upload makes room for others, but not yet of its name. */
  arrived(upload: QueuedUpload): void {
    this.#running.delete(upload);
  }

  /** The upload is not under way any more, and not to be sent again. */
  end(upload: QueuedUpload): void {
    const name = this.#leave(upload);
    if (name.waiting !== undefined) this.#enqueue(name.waiting);
    this.#forgetIfEmpty(upload);
  }

  /**
   * The upload is not under way any more, and to be sent again after `pause` ms.
   * @returns it, if a later one has come meanwhile, so that it has not to be sent
   */
  rest(upload: QueuedUpload, pause: number): QueuedUpload | undefined {
    const name = this.#leave(upload);
    if (name.waiting !== undefined) {
      this.#enqueue(name.waiting);
      return upload;
    }
    upload.dueAt = this.#clock.now() + pause;
    name.waiting = upload;
    this.#enqueue(upload);
    return undefined;
  }

  /** @returns whether the upload waited, and does not any more */
  withdraw(upload: QueuedUpload): boolean {
    const name = this.#nameOf(upload);
    const waits = name.waiting === upload;
    if (waits) {
      delete name.waiting;
      this.#remove(upload);
    }
    this.#forgetIfEmpty(upload);
    return waits;
  }

  /** Whatever pauses may be sent at once. */
  wake(): void {
    for (const upload of this.#resting) upload.dueAt = 0;
  }

  #due(): QueuedUpload | undefined {
    const now = this.#clock.now();
    let first: QueuedUpload | undefined;
    for (const upload of this.#resting) {
      if (upload.dueAt <= now && upload.dueAt < (first?.dueAt ?? Infinity)) first = upload;
    }
    return first;
  }

  #enqueue(upload: QueuedUpload): void {
    (upload.failures === 0 ? this.#fresh : this.#resting).add(upload);
  }

  #remove(upload: QueuedUpload): void {
    this.#fresh.delete(upload);
    this.#resting.delete(upload);
  }

  #leave(upload: QueuedUpload): Name {
    const name = this.#nameOf(upload);
    delete name.running;
    this.#running.delete(upload);
    return name;
  }

  #nameOf({ kept }: QueuedUpload): Name {
    let name = this.#names.get(kept.upload.name);
    if (name === undefined) {
      name = {};
      this.#names.set(kept.upload.name, name);
    }
    return name;
  }

  #forgetIfEmpty({ kept }: QueuedUpload): void {
    const name = this.#names.get(kept.upload.name)!;
    if (name.running === undefined && name.waiting === undefined) this.#names.delete(kept.upload.name);
  }
}

function isLater(one: QueuedUpload | undefined, other: QueuedUpload): boolean {
  return one !== undefined && comparePositions(one.kept.upload, other.kept.upload) > 0;
}

/** When an upload was handed over, and behind which others of that moment. */
export type Position = Pick<StagedUpload, "time" | "order">;

/** Positive if the first is the later one. */
export function comparePositions(a: Position, b: Position): number {
  return a.time - b.time || a.order - b.order;
}
