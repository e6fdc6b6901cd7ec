export { chaos, ChaosError, type ChaosMethod, type Fault, type Schedule, everyNth, seeded } from "./chaos.ts";
export { RuleBroken } from "./check.ts";
export { destinationConformance, type RegisterTest } from "./destination-conformance.ts";
export { type Capabilities, type ConformanceOptions, type Group, GROUPS } from "./options.ts";
export {
  type HeldRecord,
  type Kind,
  KINDS,
  type Sink,
  STAMP_FIELDS,
  type StampField,
  type Subject,
  type SubjectFactory,
} from "./subject.ts";
