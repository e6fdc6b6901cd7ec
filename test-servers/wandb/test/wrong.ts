import type { Rule, WandbServer } from "../index.ts";
import type { Client } from "./client.ts";

/** What a wrong request may use: a server that has the run `run1`. */
export interface RuleTest {
  readonly server: WandbServer;
  readonly client: Client;
  /** The server's clock, in ms. */
  now: number;
}

/** What breaks a rule, and no other. */
export type Wrong = readonly [rule: Rule, how: string, act: (world: RuleTest) => Promise<unknown>];
