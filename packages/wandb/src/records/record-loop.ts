import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { Alarm } from "../sender/alarm.ts";
import { CaptureReader } from "./capture-reader.ts";
import type { RecordMaker } from "./record-maker.ts";

/** How long after a failed write the next attempt is made, in ms. */
const RETRY = 1000;

/** What a {@link RecordLoop} needs. */
export interface RecordLoopOptions {
  readonly capture: string;
  readonly maker: RecordMaker;
  /** How often it looks for new calls, in ms. Undefined: the end of the capture is the end of the run. */
  readonly poll: number | undefined;
  /** Records were written. */
  onWritten(): void;
  report(error: Error): void;
}

/** Turns a capture into records until the run ends. */
export class RecordLoop {
  readonly #options: RecordLoopOptions;
  readonly #reader: CaptureReader;
  readonly #alarm = new Alarm();
  #failing = false;

  constructor(options: RecordLoopOptions) {
    this.#options = options;
    this.#reader = new CaptureReader(options.capture);
  }

  /** There may be new calls. */
  wake(): void {
    this.#alarm.ring();
  }

  /** Resolves when the end of the run is written and synced. */
  async run(): Promise<void> {
    const { maker, poll, onWritten } = this.#options;
    while (!maker.ended) {
      const records = this.#reader.read();
      if (records.length === 0) {
        if (poll === undefined) maker.end();
        else await this.#alarm.sleep(poll);
      }
      for (const record of records) await maker.add(record);
      await this.#write();
      if (records.length === 0) continue;
      onWritten();
      // Others on this thread have work to do.
      await turn();
    }
    this.#reader.close();
    maker.close();
    onWritten();
  }

  async #write(): Promise<void> {
    const { maker, report } = this.#options;
    for (;;) {
      try {
        maker.write();
        this.#failing = false;
        return;
      } catch (error) {
        if (!this.#failing) report(error as Error);
        this.#failing = true;
        await sleep(RETRY);
      }
    }
  }
}
