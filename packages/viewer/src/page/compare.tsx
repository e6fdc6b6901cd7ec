import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import type { MetricSummary, RunSummary } from "../protocol.ts";
import { isSystem, metricNames } from "./charts.tsx";
import { formatNumber, formatValue } from "./format.ts";
import { differing } from "./hyperparameters.ts";
import { ParallelCoordinates } from "./parallel-coordinates.tsx";
import { RunName } from "./run-name.tsx";
import { SortHeader, type Sorting, sortRows } from "./sorting.tsx";
import * as state from "./state.ts";

type Figure = "last" | "min" | "max";

const figure: Signal<Figure> = signal("last");
const sorting: Signal<Sorting | undefined> = signal(undefined);
const MAX_METRICS = 40;

/** What the runs were given, and what became of them. */
export function Compare(): JSX.Element {
  const runs = state.selected.value;
  const parameters = differing(runs);
  const metrics = metricNames()
    .filter((name) => !isSystem(name))
    .slice(0, MAX_METRICS);
  const columns = [
    { title: "status", of: (run: RunSummary): unknown => run.status },
    { title: "step", of: (run: RunSummary): unknown => run.step },
    ...parameters.map((name) => ({
      title: name,
      of: (run: RunSummary): unknown => run.hyperparameters[name],
    })),
    ...metrics.map((name) => ({ title: name, of: (run: RunSummary): unknown => figureOf(run, name) })),
  ];
  const sorted = sortRuns(runs, columns, sorting.value);
  return (
    <>
      <ParallelCoordinates
        runs={runs}
        axes={[
          ...parameters
            .slice(0, 6)
            .map((name) => ({ title: name, of: (run: RunSummary) => run.hyperparameters[name] })),
          ...metrics
            .slice(0, 4)
            .map((name) => ({ title: name, of: (run: RunSummary) => figureOf(run, name) })),
        ]}
      />
      <div class="controls">
        <label>
          Metrics:{" "}
          <select
            value={figure.value}
            onChange={(event) => (figure.value = event.currentTarget.value as Figure)}
          >
            <option value="last">last value</option>
            <option value="min">lowest value</option>
            <option value="max">highest value</option>
          </select>
        </label>
      </div>
      <div class="card scroll" tabIndex={0} role="group" aria-label="Runs, their hyperparameters and results">
        <table>
          <thead>
            <tr>
              <th>run</th>
              {columns.map(({ title }, i) => (
                <SortHeader key={title} title={title} column={i} sorting={sorting} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <tr key={run.id}>
                <td>
                  <RunName run={run} />
                </td>
                {columns.map(({ title, of }) => {
                  const value = of(run);
                  const isNumber = typeof value === "number";
                  return (
                    <td key={title} class={isNumber ? "number" : ""}>
                      {value === undefined || value === null
                        ? "–"
                        : isNumber
                          ? formatNumber(value)
                          : formatValue(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function figureOf(run: RunSummary, name: string): MetricSummary[Figure] | undefined {
  return run.metrics.find((metric) => metric.name === name)?.[figure.value];
}

function sortRuns(
  runs: readonly RunSummary[],
  columns: readonly { of: (run: RunSummary) => unknown }[],
  by: Sorting | undefined,
): readonly RunSummary[] {
  if (by === undefined) return runs;
  const rows = runs.map((run) => [columns[by.column]?.of(run), run] as const);
  return sortRows(rows, { column: 0, isDescending: by.isDescending }).map((row) => row[1] as RunSummary);
}
