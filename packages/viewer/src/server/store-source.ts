import { describe, MlogError } from "@mlog/core";
import type { FileSource, SourceFile } from "./file-source.ts";

/** Listing a store costs requests: no more often than this, in ms. */
const MAX_AGE = 10_000;

/** What the viewer asks of a store of objects; every `ObjectStore` of `@mlog/object-store` has it. */
export interface ReadableStore {
  list(prefix: string): AsyncIterable<{ readonly name: string; readonly size: number }>;
  get(
    name: string,
    options: { range: { start: number; end: number } },
  ): Promise<{ readonly body: AsyncIterable<Uint8Array> }>;
  uri(name: string): string;
}

/** Runs in a store of objects, below a prefix. */
export class StoreSource implements FileSource {
  readonly id: string;
  readonly label: string;
  readonly maxAge: number = MAX_AGE;
  readonly #store: ReadableStore;
  readonly #prefix: string;
  /** When a size was first seen, since a listing does not say when an object changed. */
  readonly #seen = new Map<string, { size: number; at: number }>();

  constructor(store: ReadableStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
    this.label = store.uri("") + this.#prefix;
    this.id = `store ${this.label}`;
  }

  async logs(): Promise<SourceFile[]> {
    const all = await this.#list("", Infinity, (name) => name.endsWith(".jsonl"));
    return all.filter(({ path }) => !path.includes(".segments/"));
  }

  async files(folder: string, limit: number): Promise<SourceFile[]> {
    return this.#list(folder === "" ? "" : `${folder}/`, limit, () => true);
  }

  async read(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (path.split("/").includes("..")) {
      throw new MlogError("FILE_NOT_FOUND", `there is no file ${describe(path)}`);
    }
    if (end <= start) return new Uint8Array();
    const { body } = await this.#store.get(this.#prefix + path, { range: { start, end } });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      parts.push(part);
      size += part.length;
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  async #list(folder: string, limit: number, takes: (name: string) => boolean): Promise<SourceFile[]> {
    const found: SourceFile[] = [];
    for await (const { name, size } of this.#store.list(this.#prefix + folder)) {
      if (found.length >= limit) break;
      if (takes(name)) {
        const path = name.slice(this.#prefix.length);
        found.push({ path, size, modified: this.#modified(path, size), identity: "" });
      }
    }
    return found;
  }

  #modified(path: string, size: number): number {
    const seen = this.#seen.get(path);
    if (seen?.size === size) return seen.at;
    // What was there at the first look may be of any age.
    const at = seen === undefined ? 0 : Date.now();
    this.#seen.set(path, { size, at });
    return at;
  }
}
