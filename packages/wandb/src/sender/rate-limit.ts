/**
 * How long to wait after an answer, in ms: what is left of the limit (`RateLimit-Remaining`) is spread over the time
 * until it is whole again (`RateLimit-Reset`, in seconds). 0 if the server says nothing of it.
 */
export function rateLimitGap(headers: Headers): number {
  const remaining = readNumber(headers.get("ratelimit-remaining"));
  const reset = readNumber(headers.get("ratelimit-reset"));
  if (remaining === undefined || reset === undefined) return 0;
  return (reset * 1000) / Math.max(1, remaining);
}

function readNumber(text: string | null): number | undefined {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
