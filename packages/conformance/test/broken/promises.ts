/** Destinations that promise or claim what is not so. */
import type { Delivery } from "@mlog/core";
import type { HeldRecord } from "../../src/index.ts";
import { Notebook } from "../notebook.ts";

export class FlushesOneBatch extends Notebook {
  override async flush(): Promise<void> {
    await this.writing;
    this.throwIfLost();
  }
}

export class HidesFailuresOfFlush extends Notebook {
  override async flush(): Promise<void> {
    await this.drain().catch(() => undefined);
  }
}

export class CannotCountWhileBusy extends Notebook {
  override delivery(): Delivery {
    if (this.queue.length > 0) throw new Error("busy");
    return super.delivery();
  }
}

export class CountsNothing extends Notebook {
  override delivery(): Delivery {
    return { delivered: 0, pending: 0, dropped: 0 };
  }
}

export class HidesFailuresOfClose extends Notebook {
  protected override async put(records: readonly HeldRecord[]): Promise<void> {
    await super.put(records).catch(() => super.lose(1, undefined));
  }

  protected override report(): void {}

  override async close(): Promise<void> {
    await this.drain().catch(() => undefined);
  }
}
