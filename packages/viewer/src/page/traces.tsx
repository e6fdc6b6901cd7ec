import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { countOf, useFetched } from "./entries.ts";
import { formatValue } from "./format.ts";
import { RankChoice } from "./rank-choice.tsx";
import { RunName } from "./run-name.tsx";
import * as state from "./state.ts";

const NEWEST = 50;
/** Members of one object or array that are shown. */
const MAX_MEMBERS = 500;

/** What was logged as traces. */
export function Traces({ api }: { api: Api }): JSX.Element {
  return (
    <>
      {state.selected.value
        .filter((run) => countOf(run.id, "traces", "") > 0)
        .map((run) => (
          <TraceCard key={run.id} api={api} run={run} />
        ))}
    </>
  );
}

function TraceCard({ api, run }: { api: Api; run: RunSummary }): JSX.Element {
  const chosen = useSignal<number | undefined>(undefined);
  const rank = chosen.value ?? run.ranks[0] ?? 0;
  const key = `${run.id} ${rank} ${countOf(run.id, "traces", "")}`;
  const { value = [], problem } = useFetched(key, async () =>
    api.records(run.id, rank, { type: "traces", name: "", from: -NEWEST, count: NEWEST }),
  );
  return (
    <article class="card media" aria-label={`Traces of ${run.name}`}>
      <div class="head">
        <RunName run={run} />
        <RankChoice
          run={run}
          of={`the traces of ${run.name}`}
          rank={rank}
          onChoose={(next) => (chosen.value = next)}
        />
      </div>
      {problem !== "" && <p class="problem">{problem}</p>}
      {value.toReversed().map((record) => (
        <Tree key={record.seq} name={`step ${record.step}`} value={record["traces"]} isOpen />
      ))}
    </article>
  );
}

function Tree({ name, value, isOpen }: { name: string; value: unknown; isOpen: boolean }): JSX.Element {
  if (typeof value !== "object" || value === null) {
    return (
      <p class="leaf">
        <b>{name}</b> {formatValue(value)}
      </p>
    );
  }
  const members = Object.entries(value);
  return (
    <details class="tree" open={isOpen}>
      <summary>
        <b>{name}</b>{" "}
        <span class="place">{Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`}</span>
      </summary>
      {members.slice(0, MAX_MEMBERS).map(([member, inner]) => (
        <Tree key={member} name={member} value={inner} isOpen={false} />
      ))}
      {members.length > MAX_MEMBERS && <p class="place">{members.length - MAX_MEMBERS} more</p>}
    </details>
  );
}
