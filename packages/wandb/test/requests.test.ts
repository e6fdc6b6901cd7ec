import { expect, test } from "vitest";
import { isBelow } from "../src/client/connection.ts";
import { readRetryAfter } from "../src/client/http-failure.ts";
import { rateLimitGap } from "../src/sender/rate-limit.ts";

test.each([
  ["2", 2000],
  ["0.5", 500],
  ["0", 0],
  ["Wed, 21 Oct 2026 07:28:10 GMT", 10_000],
  ["Wed, 21 Oct 2020 07:28:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %j is %j ms", (value, expected) => {
  expect(readRetryAfter(value, Date.parse("2026-10-21T07:28:00Z"))).toBe(expected);
});

test.each([
  [{}, 0],
  [{ "ratelimit-remaining": "0", "ratelimit-reset": "3" }, 3000],
  [{ "ratelimit-remaining": "0.0", "ratelimit-reset": "0.5" }, 500],
  [{ "ratelimit-remaining": "4", "ratelimit-reset": "10" }, 2500],
  [{ "ratelimit-remaining": "1000", "ratelimit-reset": "10" }, 10],
  [{ "ratelimit-remaining": "0" }, 0],
  [{ "ratelimit-remaining": "", "ratelimit-reset": "10" }, 0],
  [{ "ratelimit-remaining": "0", "ratelimit-reset": "soon" }, 0],
])("after an answer with %j the next request waits %d ms", (headers, expected) => {
  expect(rateLimitGap(new Headers(headers as Record<string, string>))).toBe(expected);
});

test.each([
  ["https://wandb.example.com/api/files/x", true],
  ["https://wandb.example.com/api2/x", false],
  ["https://wandb.example.com/api/../other", false],
  ["http://wandb.example.com/api/x", false],
  ["https://wandb.example.com:444/api/x", false],
  ["https://wandb.example.com@evil.example/api/x", false],
  ["/api/x", false],
])("credentials go to %s: %j", (url, expected) => {
  expect(isBelow(url, "https://wandb.example.com/api")).toBe(expected);
});
