import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { DrawnCurve } from "./draw-curves.ts";
import { formatNumber, formatTime } from "./format.ts";
import { valueAt } from "./plot.ts";
import * as state from "./state.ts";

/** The values of the curves where the pointer is, else their last ones; with many curves, those in the order of their values. */
export function Legend({
  curves,
  at,
}: {
  curves: readonly DrawnCurve[];
  at: ReadonlySignal<number | undefined>;
}): JSX.Element {
  const axis = state.axis.value;
  const x = at.value;
  const rows = curves.flatMap((drawn) => {
    const { curve, y } = drawn;
    const found = x === undefined ? { at: y.length - 1, y: y[y.length - 1]! } : valueAt(drawn, x);
    return found === undefined || found.at < 0 ? [] : [{ drawn, found, curve }];
  });
  const hasRanks = new Set(curves.map(({ curve }) => curve.rank)).size > 1;
  return (
    <ul
      class="legend"
      data-at={x === undefined ? "last" : "pointer"}
      aria-label="Values"
      // Long ones scroll, also by the keyboard.
      {...(rows.length > 5 ? { tabIndex: 0 } : {})}
    >
      {rows.map(({ drawn, found, curve }) => {
        const { size, min, max, nonFinite } = curve;
        const place =
          axis === "time" ? formatTime(curve.time[found.at]!) : formatNumber(curve[axis][found.at]);
        return (
          <li key={`${curve.run} ${curve.rank}`}>
            <span
              class="line"
              style={{
                borderTopColor: drawn.colour,
                borderTopStyle: drawn.dash.length > 0 ? "dashed" : "solid",
              }}
            />
            <span class="name">
              {state.runs.value.get(curve.run)?.name}
              {hasRanks && ` · rank ${curve.rank}`}
            </span>
            <b class="value">{formatNumber(found.y)}</b>
            <span class="place">
              {size > 1 && state.showsBand.value && (
                <span title={`lowest and highest of ${size} values`}>
                  [{formatNumber(min[found.at], 3)}, {formatNumber(max[found.at], 3)}]{" "}
                </span>
              )}
              @ {place}
              {nonFinite > 0 && (
                <span class="warn" title="values that are NaN or infinite are not drawn">
                  {" "}
                  · {nonFinite} not finite
                </span>
              )}
              {!curve.sorted && <span class="warn"> · in the order of the log</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
