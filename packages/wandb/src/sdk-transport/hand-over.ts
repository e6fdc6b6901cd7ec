import type { SdkRow } from "./protocol.ts";

/** The SDK sends at most 10 000 rows in its last request, and forgets what is behind them. */
const IN_HAND_LIMIT = 9000;
/** The SDK looks for new rows once per second; what it got less than this ago may not be in a request. In ms. */
const LOOKS_EVERY = 1500;

interface InHand {
  readonly since: number;
  readonly rows: number;
  readonly calls: number;
}

/**
 * Gives the SDK no more rows than it can send in one request, and works out from its requests, which it never
 * looks after itself, what became of them.
 */
export class HandOver {
  readonly #log: (row: SdkRow) => void;
  readonly #settle: (arrived: number, lost: number) => void;
  #waiting: SdkRow[] = [];
  #inHand: InHand[] = [];

  /**
   * @param log gives the SDK a row
   * @param settle is told how many calls arrived, and how many did not
   */
  constructor(log: (row: SdkRow) => void, settle: (arrived: number, lost: number) => void) {
    this.#log = log;
    this.#settle = settle;
  }

  /** Whether all rows are in the SDK's hands. */
  get isDone(): boolean {
    return this.#waiting.length === 0;
  }

  add(row: SdkRow): void {
    this.#waiting.push(row);
  }

  /** Hands over what the SDK can take. */
  pump(now: number): void {
    const room = IN_HAND_LIMIT - this.#inHand.reduce((sum, { rows }) => sum + rows, 0);
    const rows = this.#waiting.slice(0, room);
    if (rows.length === 0) return;
    this.#waiting = this.#waiting.slice(room);
    for (const row of rows) this.#log(row);
    this.#inHand.push({ since: now, rows: rows.length, calls: callsOf(rows) });
  }

  /**
   * A request, begun at `begun`, was answered. Rows that may or may not have been in it count as lost if it
   * failed, and wait for the next one if it did not.
   */
  answered(begun: number, isTaken: boolean): void {
    const limit = isTaken ? begun - LOOKS_EVERY : begun;
    const settled = this.#inHand.filter(({ since }) => since <= limit);
    this.#inHand = this.#inHand.filter(({ since }) => since > limit);
    this.#count(settled, isTaken);
  }

  /** The SDK has sent its last request. */
  ended(areTaken: boolean): void {
    const settled = this.#inHand;
    this.#inHand = [];
    this.#count(settled, areTaken);
  }

  #count(settled: readonly InHand[], isTaken: boolean): void {
    const calls = callsOf(settled);
    if (calls > 0) this.#settle(isTaken ? calls : 0, isTaken ? 0 : calls);
  }
}

function callsOf(rows: readonly { readonly calls: number }[]): number {
  return rows.reduce((sum, { calls }) => sum + calls, 0);
}
