import type { EncodedImage } from "./encoded-image.ts";

/** A file that is being made, or that somebody is using. */
export interface Making {
  readonly image: Promise<EncodedImage>;
  /** How many are using the file, or will as soon as it is made. */
  users: number;
  /** Whether the file counts towards the bound, as one in use. */
  isCharged: boolean;
}

type Files = Map<string, Making | WeakRef<EncodedImage>>;

/** Where the file is that is made of one object in one way. Refers to neither, lest waiting files keep pixels alive. */
export class Place {
  readonly #files: Files;
  readonly #how: string;

  constructor(files: Files, how: string) {
    this.#files = files;
    this.#how = how;
  }

  /** Undefined if the file must be made. */
  get(): Making | undefined {
    const found = this.#files.get(this.#how);
    if (!(found instanceof WeakRef)) return found;
    const image = found.deref();
    if (image === undefined) return undefined;
    const making = { image: Promise.resolve(image), users: 0, isCharged: false };
    this.set(making);
    return making;
  }

  set(making: Making): void {
    this.#files.set(this.#how, making);
  }

  /** To be called when nobody uses the file any more: others may still find it until it is collected. */
  release(image: EncodedImage): void {
    this.#files.set(this.#how, new WeakRef(image));
  }

  /** To be called when the file could not be made: who asks next shall try again. */
  forget(): void {
    this.#files.delete(this.#how);
  }
}

/** What was made of which object; keeps neither alive. */
export class Once {
  readonly #files: WeakMap<object, Files> = new WeakMap();

  /** @param how whatever the file depends on beside the object */
  place(owner: object, how: string): Place {
    let files = this.#files.get(owner);
    if (files === undefined) {
      files = new Map();
      this.#files.set(owner, files);
    }
    return new Place(files, how);
  }
}
