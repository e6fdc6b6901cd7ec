import type { Item } from "../wandb-file/messages.ts";
import { type ExtendedJson, parseExtended, stringifyExtended } from "../extended-json.ts";

/** An object whose values are extended JSON as text, or such objects: nothing is parsed to be passed on. */
export class JsonTree {
  readonly #entries = new Map<string, string | JsonTree>();

  /** The object that a text holds; each of its values stays one text. */
  static parse(text: string): JsonTree {
    const tree = new JsonTree();
    const value = parseExtended(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return tree;
    for (const [key, element] of Object.entries(value)) tree.set([key], stringifyExtended(element));
    return tree;
  }

  get size(): number {
    return this.#entries.size;
  }

  set(path: readonly string[], text: string): void {
    const [key, ...rest] = path;
    if (key === undefined) return;
    if (rest.length === 0) {
      this.#entries.set(key, text);
      return;
    }
    let child = this.#entries.get(key);
    if (!(child instanceof JsonTree)) {
      child = child === undefined ? new JsonTree() : JsonTree.parse(child);
      this.#entries.set(key, child);
    }
    child.set(rest, text);
  }

  remove(path: readonly string[]): void {
    const [key, ...rest] = path;
    const child = key === undefined ? undefined : this.#entries.get(key);
    if (rest.length === 0 && key !== undefined) this.#entries.delete(key);
    else if (child instanceof JsonTree) child.remove(rest);
  }

  /** The text at the first level, if there is one. */
  text(key: string): string | undefined {
    const value = this.#entries.get(key);
    return value instanceof JsonTree ? value.print() : value;
  }

  /** Every key of the first level with its text. */
  *entries(): Iterable<readonly [key: string, text: string]> {
    for (const [key, value] of this.#entries) yield [key, value instanceof JsonTree ? value.print() : value];
  }

  /** Applies what a record changes. */
  apply(changes: { readonly update: readonly Item[]; readonly remove: readonly Item[] }): void {
    for (const item of changes.update) this.set(pathOf(item), item.value_json ?? "null");
    for (const item of changes.remove) this.remove(pathOf(item));
  }

  /** The whole object as text. */
  print(): string {
    const parts: string[] = [];
    for (const [key, text] of this.entries()) parts.push(`${JSON.stringify(key)}:${text}`);
    return `{${parts.join(",")}}`;
  }

  value(): ExtendedJson {
    return parseExtended(this.print());
  }
}

/** Where an item's value lies. */
export function pathOf({ key, nested_key: nested }: Item): readonly string[] {
  return nested !== undefined && nested.length > 0 ? nested : [key ?? ""];
}
