import { Refusal } from "./exchange.ts";
import type { CallContext } from "./graphql-endpoint.ts";
import type { Run } from "./run.ts";
import type { Storage } from "./storage.ts";
import type { Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** What resolvers need. */
export interface ResolverOptions {
  readonly world: World;
  readonly violations: Violations;
  readonly storage: Storage;
  /** Names of server features that are on. */
  readonly features: readonly string[];
}

/** Which run a call is about. */
export interface RunNames {
  readonly entityName: string;
  readonly projectName: string;
  readonly runName: string;
}

/** @throws Refusal 404 for a run that UpsertBucket did not make */
export function knownRun(
  world: World,
  violations: Violations,
  { entityName, projectName, runName }: RunNames,
  { request }: CallContext,
): Run {
  const run = world.find(entityName, projectName, runName);
  if (run !== undefined) return run;
  violations.add(
    "G4",
    request.call,
    `run ${entityName}/${projectName}/${runName} is not known to UpsertBucket`,
  );
  throw new Refusal(404, `run ${runName} not found`);
}
