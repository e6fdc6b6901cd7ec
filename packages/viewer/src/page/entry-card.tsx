import type { ComponentChildren, JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import type { Place } from "./entries.ts";
import { RunName } from "./run-name.tsx";
import { StepSlider } from "./step-slider.tsx";

/** What one run logged under a name, at the step that is chosen. */
export function EntryCard(props: {
  run: RunSummary;
  name: string;
  places: readonly Place[];
  at: number;
  onChoose: (at: number) => void;
  /** What went wrong; empty if nothing did. */
  problem: string;
  children: ComponentChildren;
}): JSX.Element {
  const { run, name, places, at, onChoose, problem, children } = props;
  return (
    <article class="card media" aria-label={`${name} of ${run.name}`}>
      <div class="head">
        <RunName run={run} />
        <StepSlider
          label={`Step of ${name} of ${run.name}`}
          places={places}
          at={Math.max(0, at)}
          onChange={onChoose}
        />
      </div>
      {problem !== "" && <p class="problem">{problem}</p>}
      {children}
    </article>
  );
}
