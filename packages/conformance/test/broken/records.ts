/** Destinations that get wrong what a call is about. */
import type {
  Histogram,
  ImageBatch,
  Metrics,
  PlainRecord,
  RemoteFile,
  Stamp,
  Table,
  Upload,
  UploadRequest,
} from "@mlog/core";
import type { HeldRecord, Kind } from "../../src/index.ts";
import { Notebook } from "../notebook.ts";

export class KeepsOneMetric extends Notebook {
  override logMetrics(metrics: Metrics, stamp: Stamp): void {
    const [[name, value]] = [...metrics] as [[string, number]];
    this.add([this.record("metric", name, value, stamp)]);
  }
}

export class StringifiesObjects extends Notebook {
  override logHyperparameters(values: PlainRecord, stamp: Stamp): void {
    const flat = Object.entries(values).map(([name, value]) => {
      const hasKeys = typeof value === "object" && value !== null && "name" in value;
      return [name, hasKeys ? "[object Object]" : value];
    });
    super.logHyperparameters(Object.fromEntries(flat) as PlainRecord, stamp);
  }
}

export class KeepsThreeColumns extends Notebook {
  override logTable({ name, columns, rows }: Table, stamp: Stamp): void {
    super.logTable({ name, columns: columns.slice(0, 3), rows: rows.map((row) => row.slice(0, 3)) }, stamp);
  }
}

export class MixesUpChannels extends Notebook {
  override logImages(batch: ImageBatch, stamp: Stamp): void {
    const images = batch.images.map((image) => ({
      ...image,
      pixels: { ...image.pixels, channelsAt: "last" as const },
    }));
    super.logImages({ ...batch, images }, stamp);
  }
}

export class KeepsOneBin extends Notebook {
  override logHistogram(histogram: Histogram, stamp: Stamp): void {
    const [counts, edges] = [histogram.counts.slice(0, 1), histogram.edges.slice(0, 2)];
    const isNormal = histogram.counts.length === 4;
    super.logHistogram(isNormal ? { ...histogram, counts, edges } : histogram, stamp);
  }
}

export class KeepsOneTrace extends Notebook {
  override logTraces(values: PlainRecord, stamp: Stamp): void {
    super.logTraces(Object.fromEntries(Object.entries(values).slice(0, 1)), stamp);
  }
}

export class IgnoresEvents extends Notebook {
  override onEvent(): void {}
}

export class ForgetsTheSize extends Notebook {
  override uploadFile(request: UploadRequest): Upload {
    const { staged, uploaded } = super.uploadFile(request);
    const withoutSize = (files: readonly RemoteFile[]): RemoteFile[] =>
      files.map((file) => ({ ...file, size: 0 }));
    return { staged, uploaded: uploaded.then(withoutSize) };
  }
}

export class AlwaysOverwrites extends Notebook {
  override uploadFile(request: UploadRequest): Upload {
    return super.uploadFile({ ...request, overwrite: true });
  }
}

export class ReplacesSlashes extends Notebook {
  protected override record(kind: Kind, name: string, value: unknown, stamp: Stamp): HeldRecord {
    return super.record(kind, name.replaceAll("/", "_"), value, stamp);
  }
}

export class EncodesFileNames extends Notebook {
  override uploadFile(request: UploadRequest): Upload {
    return super.uploadFile({ ...request, remoteFileName: encodeURI(request.remoteFileName) });
  }
}

export class TurnsNaNIntoNull extends Notebook {
  protected override record(kind: Kind, name: string, value: unknown, stamp: Stamp): HeldRecord {
    return super.record(kind, name, JSON.parse(JSON.stringify(value ?? null)), stamp);
  }
}
