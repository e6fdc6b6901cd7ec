import { type Delivery, MlogError } from "@mlog/core";

/** What a {@link LineSender} needs to know. */
export interface LineSenderOptions {
  readonly url: URL;
  readonly maxQueuedBytes: number;
  /** In ms. */
  readonly deadline: number;
  report(error: unknown): void;
}

interface Call {
  readonly lines: string;
  readonly bytes: number;
}

/** How much one request takes, in bytes; a larger call goes alone. */
const BATCH_BYTES = 1024 * 1024;

/**
 * The one queue of the destination: bounded, and sent in order, one request at a time. A call leaves it only when the
 * server has answered for it, so that whatever fails can be tried again.
 */
export class LineSender {
  readonly #options: LineSenderOptions;
  #queue: Call[] = [];
  #queuedBytes = 0;
  #delivered = 0;
  #dropped = 0;
  #droppedAtDrain = 0;
  #sending: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: LineSenderOptions) {
    this.#options = options;
  }

  /** Takes the lines of one call, and returns at once. */
  add(lines: string): void {
    const bytes = Buffer.byteLength(lines);
    const { maxQueuedBytes, report } = this.#options;
    if (this.#queuedBytes + bytes > maxQueuedBytes && this.#queue.length > 0) {
      this.#dropped++;
      if (this.#dropped === 1) {
        const reason = `${maxQueuedBytes} bytes wait already: records are dropped until the server takes some`;
        report(new MlogError("RECORDS_DROPPED", reason));
      }
      return;
    }
    this.#queue.push({ lines, bytes });
    this.#queuedBytes += bytes;
    // What fails is reported by then, and waits for the next call or flush().
    this.#sending ??= this.#sendWhatWaits().catch(() => undefined);
  }

  /**
   * Resolves when the server has answered for everything added before.
   *
   * @throws MlogError `SEND_FAILED`, and what waits goes on waiting; `RECORDS_DROPPED`
   */
  async drain(): Promise<void> {
    await this.#sending;
    if (this.#queue.length > 0) {
      const attempt = this.#sendWhatWaits();
      this.#sending = attempt.catch(() => undefined);
      await attempt;
    }
    const lost = this.#dropped - this.#droppedAtDrain;
    this.#droppedAtDrain = this.#dropped;
    if (lost > 0) throw new MlogError("RECORDS_DROPPED", `${lost} calls could not be kept`);
  }

  delivery(): Delivery {
    return { delivered: this.#delivered, pending: this.#queue.length, dropped: this.#dropped };
  }

  async #sendWhatWaits(): Promise<void> {
    try {
      // The call that logs has returned before any of this happens.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#queue.length > 0) await this.#sendBatch();
      this.#isFailing = false;
    } catch (cause) {
      const error = new MlogError(
        "SEND_FAILED",
        `${this.#options.url.origin} takes no records: ${String(cause)}`,
        {
          cause,
        },
      );
      // Told once, not for every attempt of an outage.
      if (!this.#isFailing) this.#options.report(error);
      this.#isFailing = true;
      throw error;
    } finally {
      this.#sending = undefined;
    }
  }

  async #sendBatch(): Promise<void> {
    let count = 0;
    for (let bytes = 0; count < this.#queue.length; count++) {
      bytes += this.#queue[count]!.bytes;
      if (bytes > BATCH_BYTES && count > 0) break;
    }
    const batch = this.#queue.slice(0, count);
    const response = await fetch(this.#options.url, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: batch.map((call) => call.lines).join(""),
      signal: AbortSignal.timeout(this.#options.deadline),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    this.#queue = this.#queue.slice(count);
    for (const { bytes } of batch) this.#queuedBytes -= bytes;
    this.#delivered += count;
  }
}
