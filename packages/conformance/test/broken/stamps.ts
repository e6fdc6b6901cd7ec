/** Destinations that get wrong when something was logged, or in which order. */
import type { Metrics, Stamp, Upload, UploadRequest } from "@mlog/core";
import type { HeldRecord, Kind } from "../../src/index.ts";
import { Notebook } from "../notebook.ts";

export class IgnoresTheStep extends Notebook {
  protected override record(kind: Kind, name: string, value: unknown, stamp: Stamp): HeldRecord {
    return super.record(kind, name, value, { ...stamp, step: stamp.timestamp.batch });
  }
}

export class HasItsOwnClock extends Notebook {
  protected override record(kind: Kind, name: string, value: unknown, stamp: Stamp): HeldRecord {
    return super.record(kind, name, value, { ...stamp, time: Date.now() });
  }
}

export class ReadsTheStateLater extends Notebook {
  protected override async put(records: readonly HeldRecord[]): Promise<void> {
    const { batch, epoch } = this.run!.state.timestamp;
    await super.put(records.map((record) => ({ ...record, batch, epoch })));
  }
}

export class ReusesItsCopy extends Notebook {
  readonly #copies = new Map<string, Float64Array>();

  override logMetrics(metrics: Metrics, stamp: Stamp): void {
    const key = metrics.names.join();
    const copy = this.#copies.get(key) ?? new Float64Array(metrics.names.length);
    this.#copies.set(key, copy);
    copy.set(metrics.values);
    // It is read when it is written, and by then it may hold the values of a later call.
    const records = metrics.names.map((name, index) => {
      const record = { ...this.record("metric", name, 0, stamp) };
      return Object.defineProperty(record, "value", { enumerable: true, get: () => copy[index] });
    });
    this.add(records);
  }

  protected override async put(records: readonly HeldRecord[]): Promise<void> {
    await super.put(records.map((record) => ({ ...record })));
  }
}

export class ReadsTheFileLater extends Notebook {
  override uploadFile(request: UploadRequest): Upload {
    const turn = new Promise<void>((resolve) => setTimeout(resolve, 50));
    return { staged: Promise.resolve(), uploaded: turn.then(() => super.uploadFile(request).uploaded) };
  }
}

export class WritesTheNewestFirst extends Notebook {
  protected override async put(records: readonly HeldRecord[]): Promise<void> {
    await super.put(records.toReversed());
  }
}
