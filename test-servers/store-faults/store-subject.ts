import type { StoreModule } from "@mlog/object-store";

/** A store on a server that is running. */
export interface StoreSubject {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  readonly endpoint: string;
  /** The store, with its requests going to `endpoint`, which leads to the server. */
  storeAt(endpoint: string): StoreModule;
}
