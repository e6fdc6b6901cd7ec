import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { namesOf, usePlaces, useRecord } from "./entries.ts";
import { formatValue } from "./format.ts";
import { PictureView } from "./picture.tsx";
import { pictureInCell, tableOf } from "./records.ts";
import { RunName } from "./run-name.tsx";
import { SortHeader, type Sorting, sortRows } from "./sorting.tsx";
import { StepSlider } from "./step-slider.tsx";

const PAGE = 50;

/** The tables of all shown runs, by name. */
export function Tables({ api }: { api: Api }): JSX.Element {
  return (
    <>
      {namesOf("table").map(([name, runs]) => (
        <section class="group" key={name}>
          <h2>{name}</h2>
          {runs.map((run) => (
            <TableCard key={run.id} api={api} run={run} name={name} />
          ))}
        </section>
      ))}
    </>
  );
}

function TableCard({ api, run, name }: { api: Api; run: RunSummary; name: string }): JSX.Element {
  const places = usePlaces(api, run.id, "table", name);
  const chosen = useSignal<number | undefined>(undefined);
  const sorting = useSignal<Sorting | undefined>(undefined);
  const shown = useSignal(PAGE);
  const list = places.value ?? [];
  const at = Math.min(chosen.value ?? list.length - 1, list.length - 1);
  const record = useRecord(api, run.id, list[at]);
  const table = record.value === undefined ? undefined : tableOf(record.value);
  const rows = table === undefined ? [] : sortRows(table.rows, sorting.value);
  return (
    <article class="card media" aria-label={`${name} of ${run.name}`}>
      <div class="head">
        <RunName run={run} />
        <StepSlider
          label={`Step of ${name} of ${run.name}`}
          places={list}
          at={Math.max(0, at)}
          onChange={(next) => (chosen.value = next)}
        />
      </div>
      <p class="problem" hidden={places.problem === "" && record.problem === ""}>
        {places.problem}
        {record.problem}
      </p>
      {/* Wide tables scroll, also by the keyboard. */}
      <div class="scroll" tabIndex={0} role="group" aria-label={`Table ${name}`}>
        <table>
          <thead>
            <tr>
              {table?.columns.map((column, i) => (
                <SortHeader key={i} title={column} column={i} sorting={sorting} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown.value).map((row, r) => (
              <tr key={r}>
                {table?.columns.map((column, c) => (
                  <Cell
                    key={c}
                    api={api}
                    run={run.id}
                    rank={list[at]?.rank ?? 0}
                    value={row[c]}
                    name={column}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.value && (
        <button type="button" onClick={() => (shown.value += PAGE * 4)}>
          {rows.length - shown.value} more rows
        </button>
      )}
    </article>
  );
}

function Cell(props: { api: Api; run: string; rank: number; value: unknown; name: string }): JSX.Element {
  const { api, run, rank, value, name } = props;
  const picture = pictureInCell(value);
  if (picture !== undefined) {
    return (
      <td>
        {/* Another picture, another canvas: rows move when the table is sorted. */}
        <PictureView key={picture.file} api={api} run={run} rank={rank} picture={picture} name={name} />
      </td>
    );
  }
  return (
    <td class={typeof value === "number" ? "number" : ""}>{value === null ? "–" : formatValue(value)}</td>
  );
}
