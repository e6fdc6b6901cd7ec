import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Axis } from "../protocol.ts";
import type { Api } from "./api.ts";
import { Chart } from "./chart.tsx";
import * as state from "./state.ts";

/** Charts of a group at first: with thousands of metrics nobody wants all of them at once. */
const PAGE = 12;

/** Metrics of the machine, by the habit of their names. */
export function isSystem(metric: string): boolean {
  return /^(system|sys|gpu|hardware)[/._]/i.test(metric);
}

/** Names of the metrics of all shown runs, in the order in which they were first logged. */
export function metricNames(): string[] {
  return [...new Set(state.selected.value.flatMap((run) => run.metrics.map(({ name }) => name)))];
}

/** The charts of all metrics, or of those of the machine. */
export function Charts({ api, system }: { api: Api; system: boolean }): JSX.Element {
  const filter = state.metricFilter.value.toLowerCase();
  const names = metricNames().filter(
    (name) => isSystem(name) === system && name.toLowerCase().includes(filter),
  );
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const slash = name.lastIndexOf("/");
    const group = slash > 0 ? name.slice(0, slash) : "";
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return (
    <>
      <Controls />
      {names.length === 0 && (
        <p class="empty">No metric {filter === "" ? "was logged yet" : "has that in its name"}.</p>
      )}
      {[...groups].map(([group, members]) => (
        <Group key={group} api={api} name={group} metrics={members} isOnly={groups.size === 1} />
      ))}
    </>
  );
}

function Group(props: { api: Api; name: string; metrics: readonly string[]; isOnly: boolean }): JSX.Element {
  const { api, name, metrics, isOnly } = props;
  const shown = useSignal(PAGE);
  return (
    <details class="group" open>
      <summary class={isOnly && name === "" ? "visually-hidden" : ""}>
        <h2>{name === "" ? "metrics" : name}</h2> <span class="count">{metrics.length}</span>
      </summary>
      <div class="grid">
        {metrics.slice(0, shown.value).map((metric) => (
          <Chart key={metric} api={api} metric={metric} />
        ))}
      </div>
      {metrics.length > shown.value && (
        <button type="button" onClick={() => (shown.value += PAGE * 2)}>
          {metrics.length - shown.value} more charts
        </button>
      )}
    </details>
  );
}

function Controls(): JSX.Element {
  return (
    <div class="controls" role="group" aria-label="How charts are drawn">
      <input
        type="search"
        aria-label="Search metrics"
        placeholder="Search metrics"
        value={state.metricFilter.value}
        onInput={(event) => (state.metricFilter.value = event.currentTarget.value)}
      />
      <label>
        Over{" "}
        <select
          value={state.axis.value}
          onChange={(event) => (state.axis.value = event.currentTarget.value as Axis)}
        >
          <option value="step">step</option>
          <option value="time">wall time</option>
          <option value="epoch">epoch</option>
        </select>
      </label>
      <label class="slider">
        Smoothing{" "}
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={state.smoothing.value}
          onInput={(event) => (state.smoothing.value = Number(event.currentTarget.value))}
        />
        <output>{state.smoothing.value.toFixed(2)}</output>
      </label>
      <label>
        <input
          type="checkbox"
          checked={state.isLog.value}
          onChange={(event) => (state.isLog.value = event.currentTarget.checked)}
        />{" "}
        Log scale
      </label>
      <label title="Where a point stands for many values, the band reaches from the lowest to the highest of them">
        <input
          type="checkbox"
          checked={state.showsBand.value}
          onChange={(event) => (state.showsBand.value = event.currentTarget.checked)}
        />{" "}
        Min–max band
      </label>
    </div>
  );
}
