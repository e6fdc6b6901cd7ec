import { hash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";

/** Names under which a browser may know this machine itself; the port may be that of a tunnel. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Answers are for this page only, and what they hold is never run. */
export function secureAnswers(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  };
}

/**
 * Refuses what did not come from the page itself. A page elsewhere can make a browser ask 127.0.0.1, also
 * under a name of its own that it then points here (DNS rebinding): then Host or Origin are others.
 */
export function sameMachineOnly(): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!LOOPBACK.test(host)) {
      return context.text("This server answers to localhost and 127.0.0.1 only.\n", 421);
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) {
      return context.text("This server answers only to its own page.\n", 403);
    }
    return next();
  };
}

/** Lets only those in who know the token. */
export function tokenOnly(token: string): MiddlewareHandler {
  const expected = hash("sha256", `Bearer ${token}`, "buffer");
  return async (context, next) => {
    const given = hash("sha256", context.req.header("authorization") ?? "", "buffer");
    if (timingSafeEqual(expected, given)) return next();
    return context.json({ code: "TOKEN_REQUIRED", message: "Open the address that was printed." }, 401);
  };
}
