import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Curve, RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { runColour, runDash } from "./colours.ts";
import { CurveLoader } from "./curve-loader.ts";
import { along, type DrawnCurve } from "./draw-curves.ts";
import { formatNumber } from "./format.ts";
import { Legend } from "./legend.tsx";
import { Plot } from "./plot.ts";
import { smooth } from "./smooth.ts";
import * as state from "./state.ts";
import { themeChanged } from "./theme.ts";

const KEYS: Readonly<Record<string, (plot: Plot) => void>> = {
  ArrowLeft: (plot) => plot.move(-0.2),
  ArrowRight: (plot) => plot.move(0.2),
  "+": (plot) => plot.move(0, 0.5),
  "=": (plot) => plot.move(0, 0.5),
  "-": (plot) => plot.move(0, 2),
  Escape: (plot) => plot.look(undefined),
  "0": (plot) => plot.look(undefined),
};

/** One metric of all shown runs. */
export function Chart({ api, metric }: { api: Api; metric: string }): JSX.Element {
  const figure = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const isSeen = useSignal(false);
  const drawn = useSignal<readonly DrawnCurve[]>([]);
  const hovered = useSignal<number | undefined>(undefined);
  const isZoomed = useSignal(false);
  const problem = useSignal("");
  const fetched = useSignal(0);
  const loader = useRef<CurveLoader>(undefined);
  loader.current ??= new CurveLoader(api, (error) => {
    problem.value = error === undefined ? "" : (error as Error).message;
    fetched.value++;
  });

  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => (isSeen.value = entry!.isIntersecting), {
      rootMargin: "300px",
    });
    observer.observe(figure.current!);
    return () => {
      observer.disconnect();
      loader.current!.stop();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);

  const known = useRef("");
  useSignalEffect(() => {
    const runs = state.selected.value.filter((run) => countOf(run, metric) > 0);
    const axis = state.axis.value;
    // Asks again only if there is more of this metric than was known.
    const key = JSON.stringify([axis, runs.map((run) => [run.id, countOf(run, metric)])]);
    if (!isSeen.value || key === known.current) return;
    known.current = key;
    void loader.current!.load({ metric, runs: runs.map((run) => run.id), axis });
  });

  useSignalEffect(() => {
    void fetched.value;
    void isZoomed.value;
    const [axis, weight, isLog, showsBand] = [
      state.axis.value,
      state.smoothing.value,
      state.isLog.value,
      state.showsBand.value,
    ];
    if (!isSeen.value || canvas.current === null) return;
    const view = plot.current?.view;
    const curves = view === undefined ? loader.current!.overview : loader.current!.curvesIn(view);
    drawn.value = curves.map((curve) => toDrawn(curve, weight));
    const content = { curves: drawn.value, axis, isLog, showsBand };
    if (plot.current !== undefined) return plot.current.show(content);
    plot.current = new Plot(canvas.current, content, {
      onView(next) {
        isZoomed.value = next !== undefined;
        if (next === undefined) fetched.value++;
        else {
          loader.current!.look(next);
          fetched.value++;
        }
      },
      onHover: (x) => (hovered.value = x),
    });
    new ResizeObserver(() => plot.current?.resize()).observe(canvas.current);
  });
  useSignalEffect(() => {
    void themeChanged.value;
    plot.current?.remake();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
    if (act === undefined || plot.current === undefined) return;
    event.preventDefault();
    act(plot.current);
  };
  const button = (label: string, text: string, act: (plot: Plot) => void): JSX.Element => (
    <button type="button" class="quiet" aria-label={label} title={label} onClick={() => act(plot.current!)}>
      {text}
    </button>
  );
  return (
    <figure class="card chart" ref={figure} data-metric={metric}>
      <figcaption>
        <h3>{metric}</h3>
        <span class="tools">
          {button("Earlier", "‹", KEYS["ArrowLeft"]!)}
          {button("Later", "›", KEYS["ArrowRight"]!)}
          {button("Zoom in", "+", KEYS["+"]!)}
          {button("Zoom out", "−", KEYS["-"]!)}
          {isZoomed.value && button("Show all", "All", KEYS["0"]!)}
        </span>
      </figcaption>
      <div
        class="plot"
        ref={canvas}
        tabIndex={0}
        role="group"
        aria-label={describe(metric, drawn.value)}
        aria-roledescription="line chart"
        onKeyDown={onKeyDown}
      />
      {problem.value !== "" && <p class="problem">{problem.value}</p>}
      <Legend curves={drawn.value} at={hovered} />
    </figure>
  );
}

function countOf(run: RunSummary, metric: string): number {
  return run.metrics.find(({ name }) => name === metric)?.count ?? 0;
}

function toDrawn(curve: Curve, weight: number): DrawnCurve {
  const place = state.colourOf.value.get(curve.run) ?? 0;
  const smoothed = smooth(curve.mean, weight);
  return {
    curve,
    x: along(curve, state.axis.value),
    y: smoothed,
    raw: weight > 0 ? curve.mean : undefined,
    colour: runColour(place),
    dash: runDash(place, curve.rank),
  };
}

function describe(metric: string, curves: readonly DrawnCurve[]): string {
  const lasts = curves.slice(0, 5).map(({ curve, y }) => {
    const name = state.runs.value.get(curve.run)?.name ?? "";
    return `${name}: ${formatNumber(y.at(-1))} at step ${formatNumber(curve.step.at(-1))}`;
  });
  return `${metric}, ${curves.length} ${curves.length === 1 ? "curve" : "curves"}. ${lasts.join("; ")}. Arrow keys move, plus and minus zoom, 0 shows all.`;
}
