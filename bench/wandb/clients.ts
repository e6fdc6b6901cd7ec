import { Logger, State } from "@mlog/core";
import { WandBLogger } from "@mlog/wandb";
import wandb from "@wandb/sdk";
import type { Contender } from "../contenders/contender.ts";
import type { ServerProcess } from "./start-server.ts";

/** As in the tables. */
export type ClientName = "nothing" | "mlog W&B" | "@wandb/sdk";

/** A client's run: `close` gives up after a minute. */
export type OpenClient = (server: ServerProcess, folder: string) => Promise<Contender>;

const PATIENCE = 60_000;
const RUN = { project: "bench", id: "bench" };

export const CLIENTS: Readonly<Record<ClientName, OpenClient>> = {
  nothing: openNothing,
  "mlog W&B": openOurs,
  "@wandb/sdk": openSdk,
};

/** The loop alone. */
async function openNothing(): Promise<Contender> {
  return { path: undefined, log: ignore, nextBatch: ignore, flush: async () => {}, close: async () => {} };
}

/** Waits are shorter than the defaults, so that many requests meet the server's faults. */
async function openOurs({ baseUrl, apiKey }: ServerProcess, dir: string): Promise<Contender> {
  const state = new State({ runName: "bench" });
  const timing = { streamInterval: 250, minGap: 50, minDelay: 50, maxDelay: 500 };
  const destination = new WandBLogger({ ...RUN, baseUrl, apiKey, dir, timing });
  const logger = new Logger(state, destination, { onError: () => undefined });
  await destination.started();
  return {
    path: undefined,
    log: (metrics, step) => logger.logMetrics(metrics, { step }),
    nextBatch: () => state.nextBatch(),
    flush: () => logger.flush(),
    close: () => logger.close({ timeout: PATIENCE }).then(ignore, ignore),
  };
}

async function openSdk({ baseUrl, apiKey }: ServerProcess): Promise<Contender> {
  // What it throws where nobody can catch it would end the process, and the measurement.
  process.on("uncaughtException", ignore);
  process.on("unhandledRejection", ignore);
  const run = await wandb.init({ ...RUN, settings: { baseUrl, apiKey, offline: false, silent: true } });
  return {
    path: undefined,
    log: (metrics, step) => run.log(metrics, step),
    nextBatch: ignore,
    flush: () => Promise.resolve(),
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, PATIENCE);
      await Promise.race([run.finish(0).catch(ignore), late]);
      clearTimeout(timer);
    },
  };
}

function ignore(): void {}
