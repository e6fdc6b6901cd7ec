import type { EncodedImage } from "./encoded-image.ts";

/** Of what a file is made, and how. */
export interface Identity {
  readonly owner: object;
  readonly how: string;
}

/** A file that is being made, or that somebody is using. */
export interface Making {
  readonly image: Promise<EncodedImage>;
  /** How many are using the file, or will as soon as it is made. */
  users: number;
  /** Whether the file counts towards the bound, as one in use. */
  isCharged: boolean;
}

/** Keeps neither an owner alive for what was made of it, nor a file once it is made and nobody uses it. */
export class Once {
  readonly #made: WeakMap<object, Map<string, Making | WeakRef<EncodedImage>>> = new WeakMap();

  get(identity: Identity): Making | undefined {
    const found = this.#made.get(identity.owner)?.get(identity.how);
    if (!(found instanceof WeakRef)) return found;
    const image = found.deref();
    if (image === undefined) return undefined;
    const making = { image: Promise.resolve(image), users: 0, isCharged: false };
    this.set(identity, making);
    return making;
  }

  set({ owner, how }: Identity, making: Making | WeakRef<EncodedImage>): void {
    let entries = this.#made.get(owner);
    if (entries === undefined) {
      entries = new Map();
      this.#made.set(owner, entries);
    }
    entries.set(how, making);
  }

  /** To be called when nobody uses the file any more. */
  release(identity: Identity, image: EncodedImage): void {
    this.set(identity, new WeakRef(image));
  }

  /** To be called when the file could not be made: who asks next shall try again. */
  forget({ owner, how }: Identity): void {
    this.#made.get(owner)?.delete(how);
  }
}
