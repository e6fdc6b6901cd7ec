import uPlot from "uplot";
import type { Axis } from "../protocol.ts";
import { type DrawnCurve, drawCurves, nearest, valuesWithin } from "./draw-curves.ts";
import { formatNumber } from "./format.ts";

/** What a plot shows, and how. */
export interface PlotContent {
  readonly curves: readonly DrawnCurve[];
  readonly axis: Axis;
  readonly isLog: boolean;
  readonly showsBand: boolean;
}

/** What a plot tells. */
export interface PlotEvents {
  /** Part of the axis is looked at; undefined: all of it. */
  onView(view: { from: number; to: number } | undefined): void;
  /** The pointer is at that place of the axis; undefined: it is elsewhere. */
  onHover(x: number | undefined): void;
}

const HEIGHT = 220;
// The kinds of scales, as uPlot numbers them: its enum is there for the compiler only.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- there is no value of the enum to take
const [LINEAR, LOGARITHMIC] = [1, 3] as [uPlot.Scale.Distr, uPlot.Scale.Distr];

/** One chart on a canvas: axes and pointer by uPlot, curves drawn into it. */
export class Plot {
  readonly #element: HTMLElement;
  readonly #events: PlotEvents;
  #content: PlotContent;
  #plot: uPlot | undefined;
  #view: { from: number; to: number } | undefined;

  constructor(element: HTMLElement, content: PlotContent, events: PlotEvents) {
    this.#element = element;
    this.#content = content;
    this.#events = events;
    this.#make();
  }

  get view(): { from: number; to: number } | undefined {
    return this.#view;
  }

  show(content: PlotContent): void {
    const before = this.#content;
    this.#content = content;
    if (before.axis !== content.axis) this.#view = undefined;
    if (before.axis !== content.axis || before.isLog !== content.isLog) this.#make();
    else this.#redraw();
  }

  /** Looks at a part of the axis, or at all of it. */
  look(view: { from: number; to: number } | undefined): void {
    this.#view = view;
    this.#redraw();
    this.#events.onView(view);
  }

  /** Moves and widens what is seen, by shares of its width. */
  move(by: number, zoom = 1): void {
    const { from, to } = this.#view ?? this.#all();
    const [middle, half] = [(from + to) / 2 + by * (to - from), ((to - from) / 2) * zoom];
    const all = this.#all();
    if (half * 2 >= all.to - all.from && zoom > 1) this.look(undefined);
    else if (half > 0) this.look({ from: middle - half, to: middle + half });
  }

  /** After the colours of the page, or its size, have changed. */
  remake(): void {
    this.#make();
  }

  resize(): void {
    const width = this.#element.clientWidth;
    if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
  }

  destroy(): void {
    this.#plot?.destroy();
  }

  #all(): { from: number; to: number } {
    let [from, to] = [Infinity, -Infinity];
    for (const { x } of this.#content.curves) {
      if (x.length === 0) continue;
      from = Math.min(from, x[0]!);
      to = Math.max(to, x[x.length - 1]!);
    }
    if (from > to) return { from: 0, to: 1 };
    return from === to ? { from: from - 0.5, to: to + 0.5 } : { from, to };
  }

  #redraw(): void {
    const { from, to } = this.#view ?? this.#all();
    this.#plot?.setData(
      [
        [from, to],
        [null, null],
      ],
      false,
    );
    this.#plot?.setScale("x", { min: from, max: to });
  }

  #range(): [number, number] {
    const { from, to } = this.#view ?? this.#all();
    const { curves, isLog, showsBand } = this.#content;
    const values = valuesWithin(curves, from, to, showsBand, isLog);
    if (values === undefined) return isLog ? [0.1, 1] : [0, 1];
    const [low, high] = values;
    if (isLog) return [low / 1.1, high * 1.1];
    const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low - pad, high + pad];
  }

  #make(): void {
    this.#plot?.destroy();
    const style = getComputedStyle(this.#element);
    const [text, line] = [style.getPropertyValue("--muted"), style.getPropertyValue("--line")];
    const { axis, isLog } = this.#content;
    const font = `11px ${style.fontFamily}`;
    const axes = {
      stroke: text,
      font,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, size: 4, width: 1 },
    };
    const { from, to } = this.#all();
    this.#plot = new uPlot(
      {
        width: this.#element.clientWidth || 320,
        height: HEIGHT,
        padding: [8, 18, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: axis === "time", range: (_plot, min, max) => [min, max] },
          y: { distr: isLog ? LOGARITHMIC : LINEAR, range: () => this.#range() },
        },
        ms: 1,
        series: [{}, { show: true, points: { show: false } }],
        axes: [
          {
            ...axes,
            size: 28,
            ...(axis === "time" ? {} : { values: (_plot, ticks) => ticks.map(formatTick) }),
          },
          {
            ...axes,
            size: 52,
            values: (_plot, ticks) => ticks.map((tick) => (tick === null ? "" : formatTick(tick))),
          },
        ],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false },
          bind: { dblclick: () => () => (this.look(undefined), null) },
        },
        hooks: {
          draw: [(plot) => drawCurves(plot, this.#content.curves, this.#content.showsBand)],
          setCursor: [
            (plot) => {
              const { left = -1 } = plot.cursor;
              this.#events.onHover(left < 0 ? undefined : plot.posToVal(left, "x"));
            },
          ],
          setSelect: [
            (plot) => {
              const { left, width } = plot.select;
              if (width < 4) return;
              const view = { from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") };
              plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              this.look(view);
            },
          ],
        },
      },
      [
        [from, to],
        [null, null],
      ],
      this.#element,
    );
    this.#redraw();
  }
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${formatNumber(value / 1e9, 3)}G`;
  if (size >= 1e6) return `${formatNumber(value / 1e6, 3)}M`;
  if (size >= 1e4) return `${formatNumber(value / 1e3, 3)}k`;
  return formatNumber(Number(value.toPrecision(6)));
}

/** What a curve says at a place of the axis. */
export function valueAt({ x: places, y }: DrawnCurve, x: number): { at: number; y: number } | undefined {
  const at = nearest(places, x);
  return at < 0 ? undefined : { at, y: y[at]! };
}
