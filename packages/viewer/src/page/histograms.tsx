import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Api } from "./api.ts";
import { runColour } from "./colours.ts";
import { countOf, useFetched } from "./entries.ts";
import { EntryCard } from "./entry-card.tsx";
import { type EntryCardProps, EntrySections } from "./entry-sections.tsx";
import { formatCount, formatNumber } from "./format.ts";
import { RankChoice } from "./rank-choice.tsx";
import { type HistogramData, histogramOf } from "./records.ts";
import * as state from "./state.ts";

/** Histograms of one name that are fetched, the newest ones. */
const NEWEST = 200;
const [WIDTH, HEIGHT] = [640, 200];

/** How the histograms of all shown runs change over time, by name. */
export function Histograms({ api }: { api: Api }): JSX.Element {
  return <EntrySections api={api} type="histogram" Card={HistogramCard} isGrid />;
}

function HistogramCard({ api, run, name }: EntryCardProps): JSX.Element {
  const chosenRank = useSignal<number | undefined>(undefined);
  const rank = chosenRank.value ?? run.ranks[0] ?? 0;
  const canvas = useRef<HTMLCanvasElement>(null);
  const chosen = useSignal<number | undefined>(undefined);
  const count = countOf(run.id, "histogram", name);
  const { value: all = [], problem } = useFetched(`${run.id} ${rank} ${name} ${count}`, async () => {
    const records = await api.records(run.id, rank, {
      type: "histogram",
      name,
      from: -NEWEST,
      count: NEWEST,
    });
    return records.map(histogramOf);
  });
  const at = Math.min(chosen.value ?? all.length - 1, all.length - 1);
  const colour = runColour(state.colourOf.value.get(run.id) ?? 0);
  const range = rangeOf(all);
  useEffect(() => {
    if (canvas.current !== null) drawHeat(canvas.current, all, range, colour, at);
  }, [all, at, colour]);
  return (
    <EntryCard
      run={run}
      name={name}
      places={all.map(({ step }) => ({ rank, step, time: 0, byte: 0 }))}
      at={at}
      onChoose={(next) => (chosen.value = next)}
      problem={problem}
    >
      <RankChoice
        run={run}
        of={`${name} of ${run.name}`}
        rank={rank}
        onChoose={(next) => (chosenRank.value = next)}
      />
      <p class="caption">
        Over time: left to right the steps, up the values from {formatNumber(range[0], 3)} to{" "}
        {formatNumber(range[1], 3)}
      </p>
      <canvas
        class="heat"
        ref={canvas}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={`${name} of ${run.name} over ${all.length} steps, values from ${formatNumber(range[0])} to ${formatNumber(range[1])}`}
      />
      {all[at] !== undefined && <Bars histogram={all[at]} colour={colour} />}
    </EntryCard>
  );
}

function Bars({ histogram, colour }: { histogram: HistogramData; colour: string }): JSX.Element {
  const { counts, edges, step } = histogram;
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const most = Math.max(1, ...counts);
  const x = (edge: number): number => ((edge - low) / (high - low || 1)) * 100;
  return (
    <figure class="bars">
      <svg
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={`At step ${step}: ${counts.length} bins from ${formatNumber(low)} to ${formatNumber(high)}, at most ${most} values in one`}
      >
        {counts.map((count, i) => {
          const height = (count / most) * 40;
          const left = x(edges[i]!);
          return (
            <rect
              key={i}
              x={left}
              width={x(edges[i + 1]!) - left}
              y={40 - height}
              height={height}
              fill={colour}
            />
          );
        })}
      </svg>
      <figcaption class="caption">
        <span>{formatNumber(low, 3)}</span>
        <span>
          {formatCount(
            counts.reduce((sum, count) => sum + count, 0),
            "value",
          )}
        </span>
        <span>{formatNumber(high, 3)}</span>
      </figcaption>
    </figure>
  );
}

function rangeOf(all: readonly HistogramData[]): readonly [number, number] {
  const lows = all.map(({ edges }) => edges[0] ?? 0);
  const highs = all.map(({ edges }) => edges.at(-1) ?? 1);
  return all.length === 0 ? [0, 1] : [Math.min(...lows), Math.max(...highs)];
}

/** A column per histogram: the more values in a bin, the stronger the colour. */
function drawHeat(
  canvas: HTMLCanvasElement,
  all: readonly HistogramData[],
  [low, high]: readonly [number, number],
  colour: string,
  at: number,
): void {
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, WIDTH, HEIGHT);
  const y = (value: number): number => HEIGHT - ((value - low) / (high - low || 1)) * HEIGHT;
  const width = WIDTH / Math.max(1, all.length);
  for (const [i, { counts, edges }] of all.entries()) {
    const most = Math.max(1, ...counts);
    for (const [bin, count] of counts.entries()) {
      context.globalAlpha = Math.sqrt(count / most);
      context.fillStyle = colour;
      const top = y(edges[bin + 1]!);
      context.fillRect(i * width, top, Math.max(1, width - 1), Math.max(1, y(edges[bin]!) - top));
    }
  }
  context.globalAlpha = 1;
  context.strokeStyle = getComputedStyle(canvas).color;
  if (all.length > 1) context.strokeRect(at * width + 0.5, 0.5, width - 1, HEIGHT - 1);
}
