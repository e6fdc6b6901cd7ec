import type { WandbServer } from "@mlog/test-servers/wandb";
import { HttpConnection } from "../src/client/connection.ts";
import { TIMING } from "../src/client/timing.ts";

/** A connection that tries again at once. */
export function fastConnection(server: Pick<WandbServer, "baseUrl" | "apiKey">): HttpConnection {
  const { baseUrl, apiKey } = server;
  return new HttpConnection({
    baseUrl,
    apiKey,
    userAgent: "test",
    timing: { ...TIMING, minDelay: 1, maxDelay: 2 },
  });
}
