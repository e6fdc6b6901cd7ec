export {
  ChaosObjectStore,
  type ChaosRequest,
  type Fault,
  type FaultRates,
  randomFaults,
} from "./chaos-object-store.ts";
export { objectStoreContract } from "./contract.ts";
export type { RegisterTest, StoreCapabilities } from "./contract-context.ts";
export { type HeldFile, heldFiles } from "./held-files.ts";
export { longName, oddNames, unsafeNames } from "./odd-names.ts";
