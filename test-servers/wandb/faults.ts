import type { Received } from "./exchange.ts";

/** Something that goes wrong with one exchange. `after`: the request was processed, and only the answer is lost. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      /** Seconds, or a date, as the header has it. */
      readonly retryAfter?: number | Date;
      readonly errorCode?: string;
      readonly after?: boolean;
    }
  /** HTTP 200 with `errors`, for GraphQL. */
  | { readonly kind: "graphql errors"; readonly message: string; readonly after?: boolean }
  /** The connection is reset. */
  | { readonly kind: "reset"; readonly after?: boolean }
  /** No answer ever comes. */
  | { readonly kind: "hang"; readonly after?: boolean }
  /** The answer comes in pieces, over `ms` milliseconds. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The answer is cut-off JSON. */
  | { readonly kind: "malformed" }
  /** The answer is followed by the end of a connection that was said to be kept. */
  | { readonly kind: "half-closed" }
  /** The signed URL is refused with 403, now and later. */
  | { readonly kind: "expired" }
  /** The answer to file_stream says that a user pressed Stop. */
  | { readonly kind: "stopped" }
  /** The answer has these headers too, such as `RateLimit-Remaining`. */
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string>> }
  /** A downloaded file has one bit flipped. */
  | { readonly kind: "corrupt" };

/** Which calls a fault is for: the name of a GraphQL operation, `graphql`, `file_stream`, `PUT`, `GET`, `any`. */
export type CallPattern = string | ((request: Received) => boolean);

interface Planned {
  readonly on: CallPattern;
  readonly fault: Fault;
  left: number;
}

/** How often requests meet a fault by chance. */
export interface Chance {
  /** From 0 (never) to 1 (always). */
  readonly share: number;
  readonly faults: readonly Fault[];
  /** Gives numbers from 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  readonly on?: CallPattern;
}

/** What is to go wrong. */
export class Faults {
  readonly #planned: Planned[] = [];
  #chance: Chance | undefined;

  /** The next calls like `on` meet this fault; `times` may be `Infinity`. In the order of planning. */
  plan(on: CallPattern, fault: Fault, times = 1): void {
    this.#planned.push({ on, fault, left: times });
  }

  /** From now on some of the calls that no plan is for meet a fault. Undefined: none. */
  byChance(chance: Chance | undefined): void {
    this.#chance = chance;
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.#planned.length = 0;
    this.#chance = undefined;
  }

  /** The fault that this request meets. */
  take(request: Received): Fault | undefined {
    const planned = this.#planned.find(({ on, left }) => left > 0 && isFor(on, request));
    if (planned !== undefined) {
      planned.left--;
      return planned.fault;
    }
    const { share = 0, faults = [], random = Math.random, on = "any" } = this.#chance ?? {};
    if (request.call === "page" || !isFor(on, request) || random() >= share) return undefined;
    return faults[Math.floor(random() * faults.length)];
  }
}

function isFor(on: CallPattern, request: Received): boolean {
  if (typeof on === "function") return on(request);
  if (on === "graphql") return request.host === "api" && request.target === "/graphql";
  return on === "any" || on === request.call;
}
