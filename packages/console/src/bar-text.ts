import type { State } from "@mlog/core";
import { UNIT_NAMES } from "./position-text.ts";
import { printable } from "./printable.ts";
import type { ProgressView } from "./progress.ts";
import { numberText } from "./value-text.ts";

/** All that a bar shows. */
export interface BarContent {
  readonly state: Pick<State, "timestamp" | "maxDuration">;
  readonly progress: ProgressView;
  readonly metrics: ReadonlyMap<string, number>;
  readonly isEvaluating: boolean;
}

/** The lines of a bar, none of which need be wider than `columns`. */
export function barLines(content: BarContent, columns: number): string[] {
  const { progress, metrics } = content;
  const width = Math.max(5, Math.min(30, Math.floor(columns / 3)));
  const epoch = epochText(content);
  const label = Math.max("total".length, epoch.length);
  const lines: string[] = [];
  if (epoch !== "") {
    lines.push(parts([epoch.padEnd(label), ...bar(progress.epoch, width), batchText(content)]));
  }
  const head = progress.total === undefined ? [] : ["total".padEnd(label), ...bar(progress.total, width)];
  lines.push(parts([...head, ...totalParts(content)]));
  if (metrics.size > 0) lines.push(parts(metricTexts(metrics)));
  return lines;
}

/** The same in one line, for logs. */
export function barLine(content: BarContent): string {
  const { progress, metrics } = content;
  const total = progress.total === undefined ? "" : `${percent(progress.total)} of the training`;
  const items = [
    epochText(content),
    batchText(content),
    total,
    ...totalParts(content),
    ...metricTexts(metrics),
  ];
  return items.filter((item) => item !== "").join(", ");
}

function parts(items: readonly string[]): string {
  return items.filter((item) => item !== "").join("  ");
}

function bar(fraction: number | undefined, width: number): string[] {
  if (fraction === undefined) return [];
  const filled = Math.round(fraction * width);
  return ["█".repeat(filled) + "░".repeat(width - filled), percent(fraction).padStart(5)];
}

function percent(fraction: number): string {
  // Only the end is 100 %.
  return `${Math.floor(fraction * 100)} %`;
}

function epochText({ state: { timestamp, maxDuration }, progress }: BarContent): string {
  if (maxDuration?.unit === "ep") {
    // After the last epoch there is no next one that would have begun.
    return `epoch ${Math.min(timestamp.epoch + 1, maxDuration.value)}/${maxDuration.value}`;
  }
  return progress.batchesPerEpoch === undefined ? "" : `epoch ${timestamp.epoch + 1}`;
}

function batchText({ progress: { batch, batchesPerEpoch } }: BarContent): string {
  return `batch ${batch}${batchesPerEpoch === undefined ? "" : `/${batchesPerEpoch}`}`;
}

function totalParts({ state: { timestamp, maxDuration }, progress, isEvaluating }: BarContent): string[] {
  const { rate, secondsLeft } = progress;
  const items: string[] = [];
  if (progress.total === undefined) items.push(`batch ${timestamp.batch}`);
  else if (maxDuration !== undefined && maxDuration.unit !== "ep" && maxDuration.unit !== "dur") {
    items.push(
      `${UNIT_NAMES[maxDuration.unit]} ${timestamp.get(maxDuration.unit).value}/${maxDuration.value}`,
    );
  }
  if (rate !== undefined) items.push(`${numberText(Number(rate.toPrecision(3)))} batches/s`);
  if (secondsLeft !== undefined && progress.total !== 1) items.push(`${durationText(secondsLeft)} left`);
  if (isEvaluating) items.push("evaluating");
  return items;
}

function metricTexts(metrics: ReadonlyMap<string, number>): string[] {
  return [...metrics].map(([name, value]) => `${printable(name)} ${numberText(value)}`);
}

/** `0:07`, `12:34`, `5:06:07`, `3d 04:05:06`. */
export function durationText(seconds: number): string {
  const rest = Math.ceil(seconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const [s, m, h, d] = [rest % 60, (rest / 60) % 60, (rest / 3600) % 24, Math.floor(rest / 86400)];
  if (d > 0) return `${d}d ${two(h)}:${two(m)}:${two(s)}`;
  return rest >= 3600 ? `${Math.floor(h)}:${two(m)}:${two(s)}` : `${Math.floor(m)}:${two(s)}`;
}
