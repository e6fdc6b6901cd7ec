import type { ObjectStore } from "./object-store.ts";

/**
 * A store that can be made in another thread: `module` exports {@link CreateObjectStore} under the
 * name `createObjectStore`, and is called there with `options`.
 */
export interface StoreModule {
  /** The URL of the module, such as `import.meta.resolve("./my-store.js")`. */
  readonly module: string;
  /** What the structured clone algorithm can copy. */
  readonly options: unknown;
}

/** What the module of a {@link StoreModule} exports as `createObjectStore`. */
export type CreateObjectStore<Options> = (options: Options) => ObjectStore | Promise<ObjectStore>;

/** Makes the store that was described, or takes the one that was given. */
export async function openStore(given: ObjectStore | StoreModule): Promise<ObjectStore> {
  if (!("module" in given)) return given;
  const { createObjectStore } = (await import(given.module)) as {
    createObjectStore: CreateObjectStore<unknown>;
  };
  return createObjectStore(given.options);
}
