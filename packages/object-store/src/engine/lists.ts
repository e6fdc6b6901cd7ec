import type { ListedObject, ObjectStore } from "../object-store.ts";
import type { ListPage, LocatedObject } from "./engine.ts";

const PAGE = 1000;

/** Lists in pages, each as it is asked for. */
export class Lists {
  readonly #store: ObjectStore;
  readonly #open: Map<number, AsyncIterator<ListedObject>> = new Map();
  readonly #closed = new AbortController();
  #lists = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async page(prefix: string, next: number | undefined): Promise<ListPage> {
    const list = next ?? this.#lists++;
    const objects =
      this.#open.get(list) ??
      this.#store.list(prefix, { signal: this.#closed.signal })[Symbol.asyncIterator]();
    this.#open.delete(list);
    const page: LocatedObject[] = [];
    while (page.length < PAGE) {
      const result = await objects.next();
      if (result.done === true) return { objects: page };
      page.push({ ...result.value, uri: this.#store.uri(result.value.name) });
    }
    this.#open.set(list, objects);
    return { objects: page, next: list };
  }

  async end(list: number): Promise<void> {
    await this.#open.get(list)?.return?.();
    this.#open.delete(list);
  }

  close(): void {
    this.#closed.abort();
    this.#open.clear();
  }
}
