import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import { formatBytes, formatDuration, formatNumber, formatTime, formatValue } from "./format.ts";
import { RunName } from "./run-name.tsx";
import * as state from "./state.ts";

/** What is known of the shown runs: how they went, with what they ran, and what of them cannot be read. */
export function Overview(): JSX.Element {
  return (
    <div class="grid">
      {state.selected.value.map((run) => (
        <article class="card media" key={run.id} aria-label={run.name}>
          <div class="head">
            <RunName run={run} />
            <span class={`status ${run.status}`}>{run.status}</span>
          </div>
          {run.error !== null && <p class="problem">{run.error}</p>}
          <Facts title="Run" facts={factsOf(run)} />
          <Facts title="Hyperparameters" facts={Object.entries(run.hyperparameters)} />
          <Facts title="Versions" facts={Object.entries(run.versions)} />
          {run.problemCount > 0 && (
            <>
              <h2>{run.problemCount} problems</h2>
              <ul class="problems">
                {run.problems.map(({ file, byte, reason }, i) => (
                  <li key={i}>
                    <code>{file}</code>, byte {byte}: {reason}
                  </li>
                ))}
              </ul>
            </>
          )}
        </article>
      ))}
    </div>
  );
}

function factsOf(run: RunSummary): [string, unknown][] {
  const { started, updated } = run;
  return [
    // Nothing stands there where the run is all there is, as in a report.
    ["folder", run.path === "" ? "–" : run.path],
    ["started", started === null ? "–" : formatTime(started)],
    ["took", started === null || updated === null ? "–" : formatDuration(updated - started)],
    ["step", formatNumber(run.step)],
    ["epoch", formatNumber(run.epoch)],
    ["planned", run.maxDuration ?? "–"],
    ["ranks", run.ranks.join(", ")],
    ["sessions", run.sessions],
    ["dropped records", run.dropped],
    ["log", formatBytes(run.size)],
  ];
}

function Facts({
  title,
  facts,
}: {
  title: string;
  facts: readonly (readonly [string, unknown])[];
}): JSX.Element | null {
  if (facts.length === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatValue(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
