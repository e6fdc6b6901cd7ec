import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import { runColour } from "./colours.ts";
import { formatNumber, formatValue } from "./format.ts";
import * as state from "./state.ts";

const [WIDTH, HEIGHT, TOP, BOTTOM, SIDE] = [900, 260, 34, 22, 70];

/** One of the upright lines that runs cross. */
export interface ParallelAxis {
  readonly title: string;
  readonly of: (run: RunSummary) => unknown;
}

/** A line per run across what it was given and what became of it. The table below says the same in words. */
export function ParallelCoordinates({
  runs,
  axes,
}: {
  runs: readonly RunSummary[];
  axes: readonly ParallelAxis[];
}): JSX.Element | null {
  const hovered = useSignal("");
  if (axes.length < 2 || runs.length < 2) return null;
  const scales = axes.map((axis) => scaleOf(runs.map(axis.of)));
  const x = (at: number): number => SIDE + (at * (WIDTH - 2 * SIDE)) / (axes.length - 1);
  const y = (share: number): number => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  return (
    <div class="card parallel" tabIndex={0} role="group" aria-label="Runs as lines">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${runs.length} runs across ${axes.map(({ title }) => title).join(", ")}`}
      >
        {axes.map(({ title }, i) => (
          <g key={title}>
            <line x1={x(i)} x2={x(i)} y1={y(0)} y2={y(1)} class="axis" />
            <text x={x(i)} y={14} class="title">
              {title.length > 18 ? `${title.slice(0, 17)}…` : title}
            </text>
            <text x={x(i)} y={28}>
              {scales[i]!.high}
            </text>
            <text x={x(i)} y={HEIGHT - 6}>
              {scales[i]!.low}
            </text>
          </g>
        ))}
        {runs.map((run) => {
          const points = axes.flatMap((axis, i) => {
            const share = scales[i]!.share(axis.of(run));
            return share === undefined ? [] : [`${x(i)},${y(share)}`];
          });
          return (
            <polyline
              key={run.id}
              points={points.join(" ")}
              stroke={runColour(state.colourOf.value.get(run.id) ?? 0)}
              data-faint={hovered.value !== "" && hovered.value !== run.id}
              onPointerEnter={() => (hovered.value = run.id)}
              onPointerLeave={() => (hovered.value = "")}
            >
              <title>{run.name}</title>
            </polyline>
          );
        })}
      </svg>
    </div>
  );
}

interface Scale {
  readonly low: string;
  readonly high: string;
  /** From 0 to 1; undefined for what has no place. */
  readonly share: (value: unknown) => number | undefined;
}

/** Numbers by their size, on a logarithmic scale if they span much; all else by its place in the alphabet. */
function scaleOf(values: readonly unknown[]): Scale {
  const given = values.filter((value) => value !== undefined && value !== null);
  if (given.length > 0 && given.every((value) => typeof value === "number")) {
    const [low, high] = [Math.min(...given), Math.max(...given)];
    const bend = low > 0 && high / low > 30 ? Math.log : (value: number): number => value;
    const width = bend(high) - bend(low);
    return {
      low: formatNumber(low, 3),
      high: formatNumber(high, 3),
      share: (value) =>
        typeof value === "number" ? (width === 0 ? 0.5 : (bend(value) - bend(low)) / width) : undefined,
    };
  }
  const kinds = [...new Set(given.map(formatValue))].sort((a, b) => a.localeCompare(b));
  return {
    low: kinds[0] ?? "",
    high: kinds.length > 1 ? kinds[kinds.length - 1]! : "",
    share: (value) => {
      const at = kinds.indexOf(formatValue(value));
      return at < 0 ? undefined : kinds.length === 1 ? 0.5 : at / (kinds.length - 1);
    },
  };
}
