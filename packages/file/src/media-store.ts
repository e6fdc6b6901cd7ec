import { type ImageSnapshot, type Mask, MlogError } from "@mlog/core";
import { loadMediaPackage, type MediaPackage } from "./media-package.ts";
import type { MediaFolder } from "./media-folder.ts";
import type { References } from "./pictures.ts";
import type { ImageReference, MediaReference } from "./record.ts";

/** What may wait to be encoded and written, as pixels and masks, in bytes. */
const MAX_BYTES = 256 * 2 ** 20;
/** What a picture takes beside its pixels, in bytes. */
const OVERHEAD = 2048;
/** Where the files are, as records name it. */
const FOLDER = "media";
const NOT_STORED: MediaReference = { file: null, size: null, sha256: null };

/** What a {@link MediaStore} needs. */
export interface MediaStoreOptions {
  readonly folder: Pick<MediaFolder, "keep">;
  readonly format: "png" | "webp";
  /** See the encoder's option of that name. */
  readonly range: readonly [low: number, high: number] | null;
  /** Told of each file that is durable; more than once, if pictures are alike. */
  onFile(name: string): void;
  report(error: unknown): void;
  /** For tests. */
  load?: () => Promise<MediaPackage>;
}

type Encoder = ReturnType<MediaPackage["sharedEncoder"]>;
type Encoded = Awaited<ReturnType<Encoder["encode"]>>;

/** Makes files of pictures and their masks, elsewhere than on the calling thread. */
export class MediaStore {
  readonly #options: MediaStoreOptions;
  #waitingBytes = 0;
  #encoder: Promise<Encoder | undefined> | undefined;

  constructor(options: MediaStoreOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all files are durable; rejects when it is settled what became of each. Where nothing can
   * encode pictures, their sizes are kept, and `IMAGES_NOT_STORED` is reported once.
   *
   * @returns rejects with MlogError `MEDIA_NOT_WRITTEN` or an error of the encoder
   * @throws MlogError `IMAGE_QUEUE_FULL`, at once: what a loop that never yields logs must not wait to be refused
   */
  store(images: readonly ImageSnapshot[]): Promise<References> {
    const distinct = [...new Set(images)];
    const bytes = distinct.reduce((sum, image) => sum + weigh(image), 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > MAX_BYTES) {
      throw new MlogError(
        "IMAGE_QUEUE_FULL",
        `a record with pictures is dropped: they need ${bytes} bytes, and ${this.#waitingBytes} of at most ${MAX_BYTES} are ` +
          "waiting to be encoded or written: log fewer or smaller pictures",
      );
    }
    this.#waitingBytes += bytes;
    return this.#storeAll(distinct).finally(() => (this.#waitingBytes -= bytes));
  }

  async #storeAll(images: readonly ImageSnapshot[]): Promise<References> {
    const encoder = await (this.#encoder ??= this.#load());
    return new Map(
      await settled(images.map(async (image) => [image, await this.#store(image, encoder)] as const)),
    );
  }

  async #store(image: ImageSnapshot, encoder: Encoder | undefined): Promise<ImageReference> {
    const { width, height, channels } = image.pixels;
    const [picture, masks] = await settled([
      this.#picture(image, encoder),
      settled(
        Object.entries(image.masks).map(
          async ([name, mask]) => [name, await this.#mask(mask, encoder)] as const,
        ),
      ),
    ]);
    return { ...picture, width, height, channels, masks: Object.fromEntries(masks) };
  }

  async #picture(image: ImageSnapshot, encoder: Encoder | undefined): Promise<MediaReference> {
    if (encoder === undefined) return NOT_STORED;
    const { format, range } = this.#options;
    const made = await encoder.encode(image, { format, range: range ?? undefined }, (file) =>
      this.#keep(file),
    );
    return referenceTo(made);
  }

  async #mask(mask: Mask, encoder: Encoder | undefined): Promise<MediaReference> {
    if (encoder === undefined) return NOT_STORED;
    return referenceTo(await encoder.encodeMask(mask, (file) => this.#keep(file)));
  }

  async #keep(file: Encoded): Promise<void> {
    const name = nameOf(file);
    await this.#options.folder.keep(name, file.data);
    this.#options.onFile(name);
  }

  async #load(): Promise<Encoder | undefined> {
    try {
      return (await (this.#options.load ?? loadMediaPackage)()).sharedEncoder();
    } catch (cause) {
      this.#options.report(
        new MlogError(
          "IMAGES_NOT_STORED",
          "the log keeps the size of pictures but not their pixels, since nothing here encodes them: " +
            `install @mlog/image beside @mlog/file (${cause instanceof Error ? cause.message : String(cause)})`,
          { cause },
        ),
      );
      return undefined;
    }
  }
}

/** As `Promise.all`, but that nothing goes on any more when it rejects. */
async function settled<Values extends readonly unknown[] | []>(
  promises: Values,
): Promise<{ -readonly [Index in keyof Values]: Awaited<Values[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function nameOf({ sha256, format }: Encoded): string {
  return `${sha256}.${format}`;
}

function referenceTo(file: Encoded): MediaReference {
  return { file: `${FOLDER}/${nameOf(file)}`, size: file.data.length, sha256: file.sha256 };
}

function weigh({ pixels, masks }: ImageSnapshot): number {
  return Object.values(masks).reduce(
    (sum, { data }) => sum + data.byteLength + OVERHEAD,
    pixels.data.byteLength + OVERHEAD,
  );
}
