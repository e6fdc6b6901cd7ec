import { isMlogError } from "@mlog/core";
import { UploadError } from "../upload-error.ts";
import { pauseAfter } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { reasonOf } from "./reason.ts";
import { adviceOn, retryAfterOf, type Verdict } from "./verdict.ts";

/** After that time without a success, it is told that uploads wait, in ms. */
const TELL_AFTER = 60_000;

/**
 * Whether the store takes anything at all. So many failures in a row, with no success among them, are
 * the store's trouble rather than that of single uploads: then one upload at a time tries, with pauses
 * that grow, however many wait.
 */
export class StoreHealth {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #report: (error: Error) => void;
  readonly #told: Set<string> = new Set();
  #failures = 0;
  #failingSince = 0;
  #isOut = false;
  /** Nothing is to be tried before, in Unix ms. */
  blockedUntil = 0;

  constructor(clock: Clock, concurrency: number, report: (error: Error) => void) {
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#report = report;
  }

  /** How many uploads may be under way. */
  get limit(): number {
    return this.#isOut ? 1 : this.#concurrency;
  }

  get isWell(): boolean {
    return this.#failures === 0;
  }

  /** @returns whether the store has just come back */
  succeed(): boolean {
    const wasOut = this.#isOut;
    this.#failures = 0;
    this.#isOut = false;
    this.blockedUntil = 0;
    this.#told.clear();
    return wasOut;
  }

  fail(error: unknown, verdict: Exclude<Verdict, "fail">, waiting: number): void {
    const now = this.#clock.now();
    if (this.#failures === 0) this.#failingSince = now;
    this.#failures++;
    this.#isOut ||= verdict === "park" || this.#failures >= 2 * this.#concurrency;
    const retryAfter = retryAfterOf(error);
    if (this.#isOut || retryAfter !== undefined)
      this.blockedUntil = Math.max(
        this.blockedUntil,
        now + pauseAfter(this.#failures, this.#clock, retryAfter),
      );
    if (verdict === "park") this.#tellParked(error, waiting);
    else if (now - this.#failingSince >= TELL_AFTER) this.#tellDelayed(error, waiting);
  }

  #tellParked(error: unknown, waiting: number): void {
    const advice = adviceOn(error) ?? "mend it";
    const code = isMlogError(error) ? error.code : "";
    const uploads = waiting === 0 ? "all uploads" : `${waiting} uploads`;
    this.#tell(
      `parked ${code}`,
      new UploadError(
        "UPLOADS_PARKED",
        `${reasonOf(error)} (${code}): ${advice}; until then ${uploads} wait on disk, and are tried every minute`,
        { cause: error },
      ),
    );
  }

  #tellDelayed(error: unknown, waiting: number): void {
    this.#tell(
      "delayed",
      new UploadError(
        "UPLOADS_DELAYED",
        `the store takes nothing at the moment: ${reasonOf(error)}; ${waiting} uploads wait on disk, and are tried on`,
        { cause: error },
      ),
    );
  }

  #tell(what: string, error: Error): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#report(error);
  }
}
