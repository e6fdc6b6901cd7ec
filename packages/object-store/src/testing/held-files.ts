import { text } from "node:stream/consumers";
import type { ObjectStore } from "../object-store.ts";

/** A file in a store, in the form in which `@mlog/conformance` reads what a destination holds. */
export interface HeldFile {
  readonly kind: "file";
  readonly name: string;
  /** Its content. */
  readonly value: string;
}

/** Every object of a store, read as text. */
export async function heldFiles(store: ObjectStore): Promise<HeldFile[]> {
  const objects = await Array.fromAsync(store.list(""));
  return Promise.all(
    objects.map(async ({ name }) => {
      const { body } = await store.get(name);
      return { kind: "file" as const, name, value: await text(body) };
    }),
  );
}
