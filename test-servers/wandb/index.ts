export type { Artifact, ArtifactFile, ManifestEntry } from "./artifact.ts";
export type { Chance, CallPattern, Fault, Faults } from "./faults.ts";
export { parseExtended } from "./extended-json.ts";
export type { Config, Row, Run } from "./run.ts";
export { type LoggedExchange, type WandbOptions, type WandbServer, startWandb } from "./server.ts";
export type { Pace } from "./stream-discipline.ts";
export { RULES, type Rule, type Violation } from "./violations.ts";
