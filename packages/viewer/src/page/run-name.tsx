import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import { runColour } from "./colours.ts";
import * as state from "./state.ts";

/** The name of a run with its colour. */
export function RunName({ run }: { run: RunSummary }): JSX.Element {
  const colour = runColour(state.colourOf.value.get(run.id) ?? 0);
  return (
    <span class="run-name">
      <span class="swatch" style={{ background: colour }} />
      {run.name}
    </span>
  );
}
