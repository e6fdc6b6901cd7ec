import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import type { WandbServer } from "@mlog/test-servers/wandb";

/** The key of recordings: it is none. */
export const RECORDED_KEY: string = "0".repeat(40);

/** One request of a client, and what it was answered. */
export interface RecordedExchange {
  /** In ms, on the server's clock. */
  readonly time: number;
  readonly host: "api" | "storage";
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  /** In `latin1`, which holds any bytes. */
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/**
 * Sends what was recorded once more, one request after the other. What a server makes by chance, such as signed URLs,
 * is not the same as then: it is known by its place in the answers. `tick` is told the time of each request.
 */
export async function replay(
  exchanges: readonly RecordedExchange[],
  server: Pick<WandbServer, "baseUrl">,
  tick: (time: number) => void,
): Promise<void> {
  const now = new Map<string, string>();
  for (const { time, host, method, target, headers, body, status, answer } of exchanges) {
    tick(time);
    const storageUrl = [...now.keys()].find((url) => URL.canParse(url) && url.endsWith(target));
    const url = host === "api" ? server.baseUrl + target : now.get(storageUrl!)!;
    const sent = Buffer.from(replaceAll(body, now), "latin1");
    const message = httpRequest(url, { method, headers });
    message.end(sent);
    const [response] = (await once(message, "response")) as [IncomingMessage];
    const text = (await buffer(response)).toString();
    if (response.statusCode !== status) {
      throw new Error(
        `${method} ${target} was answered ${status}, and is now ${response.statusCode}: ${text}`,
      );
    }
    if (answer.startsWith("{")) pair(JSON.parse(answer), JSON.parse(text), now);
  }
}

/** Notes which text stands in the place of which. */
function pair(then: unknown, now: unknown, texts: Map<string, string>): void {
  if (typeof then === "string" && typeof now === "string") {
    if (then !== now) texts.set(then, now);
  } else if (typeof then === "object" && then !== null && typeof now === "object" && now !== null) {
    for (const [key, value] of Object.entries(then))
      pair(value, (now as Record<string, unknown>)[key], texts);
  }
}

function replaceAll(text: string, texts: ReadonlyMap<string, string>): string {
  let replaced = text;
  for (const [then, now] of texts) replaced = replaced.replaceAll(then, now);
  return replaced;
}
