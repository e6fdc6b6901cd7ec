import type { ImageBatch, LoggerDestination } from "@mlog/core";
import { type EncodeOptions, ImageEncoder } from "@mlog/image";

/** Encodes what is logged, and keeps nothing of it. */
export class EncodingDestination implements LoggerDestination {
  readonly name = "encoding";
  readonly specVersion = 1;
  readonly encoder: ImageEncoder = new ImageEncoder();
  readonly #options: EncodeOptions;
  /** Pictures that the encoder did not take, or could not encode. */
  refused = 0;
  encodedBytes = 0;

  constructor(options: EncodeOptions = {}) {
    this.#options = options;
  }

  logImages({ images }: ImageBatch): void {
    for (const image of images) {
      this.encoder.encode(image, this.#options).then(
        ({ data }) => (this.encodedBytes += data.length),
        () => this.refused++,
      );
    }
  }

  flush(): Promise<void> {
    return this.encoder.drain();
  }

  close(): Promise<void> {
    return this.encoder.close();
  }
}
