import type { ObjectStore } from "../object-store.ts";
import { conditionTests } from "./condition-tests.ts";
import type { ContractContext, RegisterTest, StoreCapabilities } from "./contract-context.ts";
import { failureTests } from "./failure-tests.ts";
import { listTests } from "./list-tests.ts";
import { multipartTests } from "./multipart-tests.ts";
import { nameTests } from "./name-tests.ts";
import { objectTests } from "./object-tests.ts";

/**
 * Registers what every `ObjectStore` must do, as tests. `makeStore` is called once, when the first
 * test runs, and may give a store that holds objects already, unless their names begin with
 * `contract/`.
 */
export function objectStoreContract(
  test: RegisterTest,
  makeStore: () => ObjectStore | Promise<ObjectStore>,
  capabilities: StoreCapabilities = {},
): void {
  let made: Promise<ObjectStore> | undefined;
  const context: ContractContext = {
    test,
    store: () => (made ??= Promise.resolve(makeStore())),
    capabilities: {
      conditionalPut: true,
      conditionalComplete: true,
      conditionalReplace: true,
      openUploads: true,
      checksums: true,
      objectsInsideObjects: true,
      longestName: 1024,
      refuses: () => false,
      largest: 64 * 1024 * 1024,
      ...capabilities,
    },
  };
  objectTests(context);
  nameTests(context);
  conditionTests(context);
  listTests(context);
  multipartTests(context);
  failureTests(context);
}
