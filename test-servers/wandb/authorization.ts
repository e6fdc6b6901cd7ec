import { type Received, Refusal } from "./exchange.ts";
import type { Violations } from "./violations.ts";

/**
 * Rule A1. A key that is well-formed and wrong breaks no rule: it is refused.
 *
 * @throws Refusal 401
 */
export function checkKey(request: Received, apiKey: string, violations: Violations): void {
  const { authorization } = request.headers;
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization ?? "") ?? [];
  const credentials = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
  if (!credentials.startsWith("api:")) {
    violations.add(
      "A1",
      request.call,
      `Authorization is ${authorization === undefined ? "missing" : "malformed"}`,
    );
    throw new Refusal(401, "user is not logged in");
  }
  if (credentials !== `api:${apiKey}`) throw new Refusal(401, "invalid API key");
}
