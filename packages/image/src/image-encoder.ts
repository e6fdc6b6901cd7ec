import {
  type ImageSnapshot,
  type Mask,
  MlogError,
  MlogRangeError,
  MlogTypeError,
  type Pixels,
} from "@mlog/core";
import type { EncodedImage } from "./encoded-image.ts";
import { EncoderThread } from "./encoder-thread.ts";
import { type Making, Once, type Place } from "./once.ts";
import type { Job } from "./protocol.ts";
import { type EncodeOptions, assertInteger, readSettings } from "./settings.ts";

/** What an {@link ImageEncoder} may be told. */
export interface ImageEncoderOptions {
  /**
   * How much may wait, in bytes: pixels that are not encoded yet, and files that are not handed over
   * or still in use. Default: 256 MiB.
   */
  readonly maxBytes?: number | undefined;
  /**
   * How many files are made at a time. Default: 3, which leaves one of libuv's four threads to file
   * access and name look-ups.
   */
  readonly concurrency?: number | undefined;
}

/** See {@link ImageEncoder.overlay}. */
export interface OverlayOptions extends EncodeOptions {
  /** From 0 (only the picture) to 1 (only the classes). Default: 0.5. */
  readonly opacity?: number | undefined;
}

/** See {@link ImageEncoder.contactSheet}. */
export interface ContactSheetOptions extends EncodeOptions {
  /** Pictures per row. Default: as many as make the rows as many as the columns. */
  readonly columns?: number | undefined;
}

/** What an {@link ImageEncoder} has done so far, and what waits. */
export interface EncoderStats {
  /** Files made. */
  readonly encoded: number;
  /** Pictures and masks not taken, since too much waited: `IMAGE_QUEUE_FULL`. */
  readonly refused: number;
  /** Taken, and yet not made. */
  readonly failed: number;
  /** Taken, and not made or still in use. */
  readonly pending: number;
  /** What counts towards {@link ImageEncoderOptions.maxBytes}. */
  readonly pendingBytes: number;
}

/**
 * What is done with a file, such as writing it. Until the promise settles, the file counts towards the
 * bound, and {@link ImageEncoder.drain} waits.
 */
export type UseImage = (image: EncodedImage) => PromiseLike<unknown>;

/** What a picture takes beside its pixels until it is encoded, in bytes: small ones shall not wait by the million. */
const OVERHEAD = 2048;

/**
 * Makes files of pictures and masks, in a worker of its own, which starts with the first of them
 * and ends after half a minute without any. It keeps the process alive as long as it has work, and no
 * longer. The same pixels and options give the same bytes.
 *
 * A file is made once per snapshot and options, however many ask for it, as long as it is being made
 * or somebody uses it. When too much waits, the newest is refused; nothing ever blocks.
 *
 * All methods that make files reject with
 * - MlogTypeError or MlogRangeError `INVALID_ARGUMENT`: an option is wrong
 * - MlogRangeError `INVALID_MASK`: a mask holds something else than integers from 0 to 255, or has not
 *   the size of its picture
 * - MlogError `IMAGE_QUEUE_FULL`: {@link ImageEncoderOptions.maxBytes} are waiting
 * - MlogError `IMAGE_ENCODING_FAILED`: the format cannot hold the picture (WebP: more than 16383 pixels a side)
 * - MlogError `IMAGE_WORKER_FAILED`: the worker cannot be started or has died; the next call starts another
 * - MlogError `IMAGE_ENCODER_CLOSED`: after {@link ImageEncoder.close}
 *
 * or with what `use` rejected with.
 */
export class ImageEncoder implements AsyncDisposable {
  readonly #maxBytes: number;
  readonly #concurrency: number;
  readonly #once: Once = new Once();
  readonly #pending: Set<Promise<unknown>> = new Set();
  #thread: EncoderThread | undefined;
  #bytesInUse = 0;
  #encoded = 0;
  #refused = 0;
  #failed = 0;
  #closed: Promise<void> | undefined;

  /** @throws MlogRangeError `INVALID_ARGUMENT` */
  constructor({ maxBytes = 256 * 2 ** 20, concurrency = 3 }: ImageEncoderOptions = {}) {
    assertInteger(maxBytes, "maxBytes", 1, Number.MAX_SAFE_INTEGER);
    assertInteger(concurrency, "concurrency", 1, 64);
    this.#maxBytes = maxBytes;
    this.#concurrency = concurrency;
  }

  /** Makes a file of a picture; its masks are left alone. */
  async encode(
    image: Pick<ImageSnapshot, "pixels">,
    options?: EncodeOptions,
    use?: UseImage,
  ): Promise<EncodedImage> {
    const { pixels } = image;
    const settings = readSettings(options);
    const job: Job = { kind: "image", pixels: ownPixels(pixels), settings };
    return this.#make(job, sizeOf(pixels), use, this.#once.place(pixels, JSON.stringify(settings)));
  }

  /**
   * Makes a PNG whose 8-bit values are the class ids. A viewer shows the class 0 in black and each
   * other class in a colour that is the same in all masks (those of PASCAL VOC).
   */
  async encodeMask(mask: Mask, use?: UseImage): Promise<EncodedImage> {
    return this.#make(
      { kind: "mask", mask: ownPixels(mask) },
      sizeOf(mask),
      use,
      this.#once.place(mask, "mask"),
    );
  }

  /** Makes a file of a picture with a mask over it, in the colours of `encodeMask`; where the class is 0, the picture shows. */
  async overlay(
    image: Pick<ImageSnapshot, "pixels">,
    mask: Mask,
    options: OverlayOptions = {},
    use?: UseImage,
  ): Promise<EncodedImage> {
    const { pixels } = image;
    const { opacity = 0.5 } = options;
    if (!(opacity >= 0 && opacity <= 1)) {
      throw new MlogRangeError("INVALID_ARGUMENT", `opacity must be a number from 0 to 1, not ${opacity}`);
    }
    const { height, width } = pixels;
    if (mask.height !== height || mask.width !== width) {
      throw new MlogRangeError(
        "INVALID_MASK",
        `a mask of ${mask.height} x ${mask.width} cannot lie over a picture of ${height} x ${width}`,
      );
    }
    const settings = readSettings(options);
    const job: Job = { kind: "overlay", pixels: ownPixels(pixels), mask: ownPixels(mask), opacity, settings };
    return this.#make(job, sizeOf(pixels) + sizeOf(mask), use);
  }

  /** Makes one file of several pictures, in rows, each in its own size. */
  async contactSheet(
    images: readonly Pick<ImageSnapshot, "pixels">[],
    options: ContactSheetOptions = {},
    use?: UseImage,
  ): Promise<EncodedImage> {
    if (images.length === 0)
      throw new MlogTypeError("INVALID_ARGUMENT", "a contact sheet needs at least one picture");
    const { columns = Math.ceil(Math.sqrt(images.length)) } = options;
    assertInteger(columns, "columns", 1, Number.MAX_SAFE_INTEGER);
    const settings = readSettings(options);
    const pictures = images.map(({ pixels }) => ownPixels(pixels));
    const bytes = pictures.reduce((sum, pixels) => sum + sizeOf(pixels), 0);
    return this.#make({ kind: "contact sheet", pictures, columns, settings }, bytes, use);
  }

  /** Resolves when all that was asked for until now is made and no longer in use, well or not. Never rejects. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  /** Makes what it was asked for, then ends the worker. Idempotent; nothing is taken from now on. */
  close(): Promise<void> {
    this.#closed ??= this.drain().then(() => this.#thread?.end());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  stats(): EncoderStats {
    return {
      encoded: this.#encoded,
      refused: this.#refused,
      failed: this.#failed,
      pending: this.#pending.size,
      pendingBytes: this.#waiting,
    };
  }

  get #waiting(): number {
    return (this.#thread?.bytes ?? 0) + this.#bytesInUse;
  }

  /** @param place where the file is found if it is asked for again */
  #make(job: Job, bytes: number, use: UseImage | undefined, place?: Place): Promise<EncodedImage> {
    if (this.#closed) {
      throw new MlogError(
        "IMAGE_ENCODER_CLOSED",
        `nothing can be encoded any more: the encoder is closed (${job.kind})`,
      );
    }
    const making = place?.get() ?? this.#start(job, bytes, place);
    const done = use === undefined ? making.image : this.#use(making, use, place);
    this.#pending.add(done);
    const forget = (): boolean => this.#pending.delete(done);
    done.then(forget, forget);
    return done;
  }

  #start(job: Job, bytes: number, place: Place | undefined): Making {
    const waiting = this.#waiting;
    if (waiting > 0 && waiting + bytes > this.#maxBytes) {
      this.#refused++;
      throw new MlogError(
        "IMAGE_QUEUE_FULL",
        `${job.kind} not taken: it needs ${bytes} bytes, and ${waiting} of at most ${this.#maxBytes} (maxBytes) are ` +
          "waiting to be encoded or written: log fewer or smaller pictures",
      );
    }
    const making: Making = { image: this.#run(job, bytes), users: 0, isCharged: false };
    place?.set(making);
    making.image.then(
      (image) => {
        this.#encoded++;
        if (making.users === 0) place?.release(image);
      },
      () => {
        this.#failed++;
        place?.forget();
      },
    );
    return making;
  }

  #run(job: Job, bytes: number): Promise<EncodedImage> {
    if (this.#thread === undefined || this.#thread.ended) {
      try {
        this.#thread = new EncoderThread(this.#concurrency);
      } catch (cause) {
        return Promise.reject(
          new MlogError("IMAGE_WORKER_FAILED", "the thread that encodes pictures cannot be started", {
            cause,
          }),
        );
      }
    }
    return this.#thread.make(job, bytes);
  }

  async #use(making: Making, use: UseImage, place: Place | undefined): Promise<EncodedImage> {
    making.users++;
    const image = await making.image;
    if (!making.isCharged) {
      making.isCharged = true;
      this.#bytesInUse += image.data.length;
    }
    try {
      await use(image);
    } finally {
      making.users--;
      if (making.users === 0) {
        making.isCharged = false;
        this.#bytesInUse -= image.data.length;
        place?.release(image);
      }
    }
    return image;
  }
}

function sizeOf({ data }: Pixels | Mask): number {
  return data.byteLength + OVERHEAD;
}

/** Sending a part of an array to a worker copies all of the memory that the part is in. */
function ownPixels<T extends Pixels | Mask>(pixels: T): T {
  const { data } = pixels;
  const isOwn = data.byteLength === data.buffer.byteLength || data.buffer instanceof SharedArrayBuffer;
  return isOwn ? pixels : { ...pixels, data: data.slice() };
}
