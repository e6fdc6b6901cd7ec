import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Api } from "./api.ts";
import { useChosenRecord } from "./entries.ts";
import { EntryCard } from "./entry-card.tsx";
import { type EntryCardProps, EntrySections } from "./entry-sections.tsx";
import { formatValue } from "./format.ts";
import { PictureView } from "./picture.tsx";
import { pictureInCell, tableOf } from "./records.ts";
import { SortHeader, type Sorting, sortRows } from "./sorting.tsx";

const PAGE = 50;

/** The tables of all shown runs, by name. */
export function Tables({ api }: { api: Api }): JSX.Element {
  return <EntrySections api={api} type="table" Card={TableCard} />;
}

function TableCard({ api, run, name }: EntryCardProps): JSX.Element {
  const { record, ...entry } = useChosenRecord(api, run.id, "table", name);
  const sorting = useSignal<Sorting | undefined>(undefined);
  const shown = useSignal(PAGE);
  const table = record === undefined ? undefined : tableOf(record);
  const rows = table === undefined ? [] : sortRows(table.rows, sorting.value);
  return (
    <EntryCard run={run} name={name} {...entry}>
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
                    rank={entry.places[entry.at]?.rank ?? 0}
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
    </EntryCard>
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
