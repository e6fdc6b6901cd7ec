import type { JSX } from "preact";
import type { Place } from "./entries.ts";
import { formatNumber } from "./format.ts";

/** Chooses one of the records of a name, by its step. */
export function StepSlider(props: {
  label: string;
  places: readonly Place[];
  at: number;
  onChange: (at: number) => void;
}): JSX.Element {
  const { label, places, at, onChange } = props;
  const place = places[at];
  return (
    <label class="steps">
      <span class="visually-hidden">{label}: </span>
      <input
        type="range"
        min="0"
        max={Math.max(0, places.length - 1)}
        value={at}
        aria-valuetext={`step ${place?.step ?? 0}`}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output>
        step {formatNumber(place?.step)}
        {places.some(({ rank }) => rank !== places[0]!.rank) && ` · rank ${place?.rank}`}
        <span class="place">
          {" "}
          ({places.length === 0 ? 0 : at + 1} of {places.length})
        </span>
      </output>
    </label>
  );
}
