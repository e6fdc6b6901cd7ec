/** What a server answered instead of success. It never leaves this package: see `coded-failure.ts`. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly status: number;
  /** How long the server asked to wait, in ms. */
  readonly retryAfter: number | undefined;
  /** `X-Wandb-Error-Code`. */
  readonly serverCode: string | undefined;

  constructor(status: number, headers: Headers, message: string) {
    super(message);
    this.status = status;
    this.retryAfter = readRetryAfter(headers.get("retry-after"));
    this.serverCode = headers.get("x-wandb-error-code") ?? undefined;
  }
}

/** Seconds, with a fraction perhaps, or a date; in ms from now. */
export function readRetryAfter(value: string | null, now: number = Date.now()): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** What the body of an answer says about the failure, in one short line. */
export function reasonIn(body: string): string {
  let reason = body;
  try {
    const { errors, error, message } = JSON.parse(body) as {
      errors?: readonly { message?: string }[];
      error?: unknown;
      message?: unknown;
    };
    const first = errors?.[0]?.message ?? error ?? message;
    if (typeof first === "string") reason = first;
  } catch {
    // Not JSON: a proxy's page, or nothing.
  }
  return reason.replaceAll(/\s+/g, " ").trim().slice(0, 200);
}
