import type { IncomingHttpHeaders } from "node:http";

/** A request whose body has arrived. */
export interface Received {
  /** Which of the two servers got it: the base URL's, or the one that signed URLs point to. */
  readonly host: "api" | "storage";
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** In ms, on the server's clock. */
  readonly time: number;
  /** What is called: the name of the GraphQL operation, `file_stream`, `PUT`, `GET` or `page`. */
  readonly call: string;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** How an exchange ended for the client. */
export interface Outcome {
  /** Whether the client got the answer. */
  readonly delivered: boolean;
  /** Undefined if there was none. */
  readonly status?: number;
  /** When the client may try again, in ms on the server's clock. */
  readonly notBefore?: number;
  /** The header `X-Wandb-Error-Code`. */
  readonly errorCode?: string;
}

/** One thing that the server does. */
export interface Endpoint {
  /** Called when a request begins; what it returns is called when its answer does, or there will be none. */
  began?(target: string): () => void;
  /** Called for every request, also for one that a fault will meet. */
  arrived?(request: Received): void;
  answer(request: Received): Answer | Promise<Answer>;
  /** Called when it is settled what the client got. */
  settled?(request: Received, outcome: Outcome): void;
}

/** A call that is answered with a status other than 200. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function json(value: unknown, status = 200): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** An error in the form in which W&B reports it. */
export function refusal(error: unknown): Answer {
  const status = error instanceof Refusal ? error.status : 500;
  return json({ errors: [{ message: error instanceof Error ? error.message : String(error) }] }, status);
}
