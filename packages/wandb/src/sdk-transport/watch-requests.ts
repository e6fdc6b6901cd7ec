import type { ClientRequest, IncomingMessage } from "node:http";
import { subscribe } from "node:diagnostics_channel";

/** How a request to file_stream ended. */
export interface StreamAnswer {
  /** When it was sent, in ms of `performance.now`. */
  readonly begun: number;
  /** Undefined if no answer came. */
  readonly status: number | undefined;
  readonly reason: string;
}

/** Tells what becomes of every request to file_stream in this thread: the SDK itself does not look. */
export function watchStreamRequests(tell: (answer: StreamAnswer) => void): void {
  subscribe("http.client.request.start", (message) => {
    const { request } = message as { request: ClientRequest };
    if (!request.path.endsWith("/file_stream")) return;
    const begun = performance.now();
    request.once("response", ({ statusCode }: IncomingMessage) =>
      tell({ begun, status: statusCode, reason: `answered with ${statusCode}` }),
    );
    request.once("error", (error) => tell({ begun, status: undefined, reason: error.message }));
  });
}
