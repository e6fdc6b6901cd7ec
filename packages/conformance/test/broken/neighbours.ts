/** Destinations that disturb others, the process or the loop. */
import type { Metrics, PlainRecord, RunContext, Stamp } from "@mlog/core";
import type { HeldRecord } from "../../src/index.ts";
import { Notebook, type Shelf } from "../notebook.ts";

export class ClearsTheView extends Notebook {
  override logMetrics(metrics: Metrics, stamp: Stamp): void {
    super.logMetrics(metrics, stamp);
    metrics.values.fill(0);
  }
}

let connection: Shelf;

export class SharesOneConnection extends Notebook {
  constructor(shelf: Shelf) {
    super(shelf);
    connection = shelf;
  }

  protected override put(records: readonly HeldRecord[]): Promise<void> {
    return connection.write(records);
  }
}

export class CatchesSignals extends Notebook {
  readonly #exit = (): void => process.exit(1);

  override init(run: RunContext): void {
    super.init(run);
    process.on("SIGINT", this.#exit);
  }

  override async postClose(signal: AbortSignal): Promise<void> {
    process.off("SIGINT", this.#exit);
    await super.postClose(signal);
  }
}

export class ReturnsPromises extends Notebook {
  // oxlint-disable-next-line typescript/no-misused-promises -- the mistake
  override async logTraces(values: PlainRecord, stamp: Stamp): Promise<void> {
    super.logTraces(values, stamp);
  }
}

export class ThrowsWhenTheSinkFails extends Notebook {
  #error: unknown;

  protected override add(records: readonly HeldRecord[], calls?: number): void {
    if (this.#error !== undefined) throw this.#error as Error;
    super.add(records, calls);
  }

  protected override lose(calls: number, error: unknown): void {
    this.#error = error;
    super.lose(calls, error);
  }
}

export class QueuesWithoutBound extends Notebook {
  protected override limit: number = Infinity;
}
