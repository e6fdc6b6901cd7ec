import { Logger, State } from "@mlog/core";
import { startWandb, type WandbOptions, type WandbServer } from "@mlog/test-servers/wandb";
import { expect, onTestFinished } from "vitest";
import type { Timing } from "../src/client/timing.ts";
import { WandBLogger, type WandBLoggerOptions } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Waits as short as tests can have them. */
export const FAST: Timing = {
  minDelay: 2,
  maxDelay: 20,
  requestTimeout: 30_000,
  streamInterval: 5,
  minGap: 1,
  heartbeat: 30_000,
  configDelay: 5,
  poll: 2,
};

/** A server that lets a client be as fast as it likes. */
export async function openServer(options: WandbOptions = {}): Promise<WandbServer> {
  const server = await startWandb({ pace: { requestsPerSecond: Infinity }, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Waits for what comes by itself. */
export function eventually<Value>(get: () => Value): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(get, { timeout: 30_000 });
}

/** A logger to a server, in a folder of its own. */
export interface OpenRun {
  readonly logger: Logger;
  readonly wandb: WandBLogger;
  readonly state: State;
  readonly errors: { readonly code: unknown; readonly message: string }[];
}

export function openRun(
  server: Pick<WandbServer, "baseUrl" | "apiKey">,
  options: WandBLoggerOptions = {},
  state: State = new State({ runName: "a run" }),
): OpenRun {
  const wandb = new WandBLogger({
    project: "proj",
    id: "run1",
    dir: temporaryFolder(),
    baseUrl: server.baseUrl,
    apiKey: server.apiKey,
    timing: FAST,
    ...options,
  });
  const errors: OpenRun["errors"] = [];
  const logger = new Logger(state, wandb, {
    onError: (error) => errors.push({ code: (error as { code?: unknown }).code, message: error.message }),
  });
  onTestFinished(() => logger.close({ timeout: 0 }).then(undefined, () => undefined) as Promise<void>);
  return { logger, wandb, state, errors };
}
