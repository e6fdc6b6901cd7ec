import { type Html, html } from "./html.ts";

const WIDTH = 300;
const HEIGHT = 100;
const MARGIN = 4;

/** The finite values of one metric over its steps, as a line. */
export function chart(name: string, points: readonly (readonly [step: number, value: number])[]): Html {
  const steps = points.map(([step]) => step);
  const values = points.map(([, value]) => value);
  const x = scale(steps, WIDTH);
  const y = scale(values, HEIGHT);
  const line = points
    .map(([step, value]) => `${x(step).toFixed(1)},${(HEIGHT - y(value)).toFixed(1)}`)
    .join(" ");
  return html`<figure>
    <svg width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${name}">
      <polyline points="${line}" fill="none" stroke="#0a6" stroke-width="1.5" />
    </svg>
    <figcaption>${name}: ${points.length} values, last ${values.at(-1)?.toPrecision(5)}</figcaption>
  </figure>`;
}

function scale(values: readonly number[], size: number): (value: number) => number {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const span = high - low || 1;
  return (value) => MARGIN + ((value - low) / span) * (size - 2 * MARGIN);
}
