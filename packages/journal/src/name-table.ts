import { MAX_NAME_TEXT } from "./frame.ts";
import { MAX_NAME_BYTES, MAX_NAMES, NAMES, type Ring } from "./ring.ts";

/** How many arrays of names are remembered, and how many are watched for a second sight. */
const REMEMBERED = 64;
const WATCHED = 32;

/**
 * Gives names their ids, and whole arrays of names their arrays of ids. An array is remembered by
 * identity when it is seen for the second time: constant key sets come as the same array, random
 * ones as a fresh array per call, which it would be a waste to remember. Both are looked for one after
 * the other, since hashing a fresh array costs more than that.
 */
export class NameTable {
  readonly #ring: Ring;
  readonly #ids = new Map<string, number>();
  readonly #names: (readonly string[])[] = [];
  readonly #idsOfNames: Uint32Array[] = [];
  #remember = 0;
  readonly #watched: (readonly string[] | undefined)[] = Array.from({ length: WATCHED }, () => undefined);
  #watch = 0;
  #scratch = new Uint32Array(64);
  #end = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** The ids of `names`, or undefined if the dictionary cannot take one of them. More ids may follow theirs. */
  idsOf(names: readonly string[]): Uint32Array | undefined {
    const known = this.#names.indexOf(names);
    if (known >= 0) return this.#idsOfNames[known];
    if (names.length > this.#scratch.length) this.#scratch = new Uint32Array(names.length * 2);
    const ids = this.#scratch;
    for (let i = 0; i < names.length; i++) {
      const id = this.#ids.get(names[i]!) ?? this.#define(names[i]!);
      if (id === undefined) return undefined;
      ids[i] = id;
    }
    if (!this.#watched.includes(names)) {
      this.#watched[this.#watch++ % WATCHED] = names;
      return ids;
    }
    const slot = this.#remember++ % REMEMBERED;
    this.#names[slot] = names;
    this.#idsOfNames[slot] = ids.slice(0, names.length);
    return this.#idsOfNames[slot];
  }

  #define(name: string): number | undefined {
    const id = this.#ids.size;
    const text = Buffer.from(`,${JSON.stringify(name)}:`);
    const end = this.#end + text.length;
    if (id === MAX_NAMES || end > MAX_NAME_BYTES || text.length > MAX_NAME_TEXT) return undefined;
    const { ends, texts } = this.#ring.dictionary;
    texts.set(text, this.#end);
    ends[id] = end;
    this.#end = end;
    this.#ids.set(name, id);
    Atomics.store(this.#ring.control, NAMES, id + 1);
    return id;
  }
}
