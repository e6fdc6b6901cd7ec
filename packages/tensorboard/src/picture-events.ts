import { type ImageBatch, type ImageSnapshot, MlogError, type Stamp } from "@mlog/core";
import type * as Images from "@mlog/image";
import { imagesEvent } from "./summaries.ts";

/** What pictures need: an optional peer, which who logs none need not install. */
type Encoder = ReturnType<typeof Images.sharedEncoder>;

/** Encodes pictures elsewhere, in the order in which they were logged. */
export class PictureEvents {
  readonly #append: (event: Uint8Array) => void;
  readonly #lose: (error: unknown) => void;
  readonly #pending: Set<Promise<void>> = new Set();
  #encoder: Promise<Encoder> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param append takes an event
   * @param lose told of a call whose pictures cannot be kept
   */
  constructor(append: (event: Uint8Array) => void, lose: (error: unknown) => void) {
    this.#append = append;
    this.#lose = lose;
  }

  /** Calls whose pictures are being encoded. */
  get pending(): number {
    return this.#pending.size;
  }

  add(batch: ImageBatch, { time, step }: Stamp): void {
    const before = this.#last;
    const work = this.#encode(batch).then(async (named) => {
      await before;
      for (const [name, images] of named) this.#append(imagesEvent({ time, step }, name, images));
    });
    const done = work.catch((error: unknown) => this.#lose(error)).finally(() => this.#pending.delete(done));
    this.#last = done;
    this.#pending.add(done);
  }

  /** Resolves when all pictures that were added are encoded, or lost. */
  async drain(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** The files by the tag that they are shown under: those of one size beside each other. */
  async #encode({ name, images }: ImageBatch): Promise<Map<string, Images.EncodedImage[]>> {
    const encoder = await this.#load();
    const plain = images.map(async (image) => [name, await encoder.encode(image)] as const);
    const masked = images.flatMap((image) =>
      Object.entries(image.masks).map(
        async ([mask, data]) => [`${name}/${mask}`, await encoder.overlay(image, data)] as const,
      ),
    );
    const sizes = new Set(images.map(sizeOf));
    const named = new Map<string, Images.EncodedImage[]>();
    for (const [tag, image] of await Promise.all([...plain, ...masked])) {
      const key = sizes.size === 1 ? tag : `${tag}/${sizeText(image)}`;
      named.set(key, [...(named.get(key) ?? []), image]);
    }
    return named;
  }

  #load(): Promise<Encoder> {
    this.#encoder ??= import("@mlog/image").then(
      ({ sharedEncoder }) => sharedEncoder(),
      (cause: unknown) => {
        this.#encoder = undefined;
        throw new MlogError(
          "IMAGES_NOT_STORED",
          "pictures are not written, since @mlog/image cannot be loaded: npm install @mlog/image",
          { cause },
        );
      },
    );
    return this.#encoder;
  }
}

function sizeOf({ pixels }: ImageSnapshot): string {
  return sizeText(pixels);
}

function sizeText({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width}x${height}`;
}
