import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { countOf, useFetched } from "./entries.ts";
import { formatTime } from "./format.ts";
import { RunName } from "./run-name.tsx";
import * as state from "./state.ts";

const PAGE = 500;

/** What the processes of the shown runs wrote to stdout and stderr. */
export function Console({ api }: { api: Api }): JSX.Element {
  return (
    <>
      {state.selected.value
        .filter((run) => countOf(run.id, "output", "") > 0)
        .flatMap((run) =>
          run.ranks.map((rank) => <Output key={`${run.id} ${rank}`} api={api} run={run} rank={rank} />),
        )}
    </>
  );
}

function Output({ api, run, rank }: { api: Api; run: RunSummary; rank: number }): JSX.Element {
  const shown = useSignal(PAGE);
  const search = useSignal("");
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const count = countOf(run.id, "output", "");
  const { value = [], problem } = useFetched(`${run.id} ${rank} ${count} ${shown.value}`, async () =>
    api.records(run.id, rank, { type: "output", name: "", from: -shown.value, count: shown.value }),
  );
  useEffect(() => {
    // Stays at the end, unless someone has scrolled away from it.
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [value]);
  const lines = value.filter((line) =>
    String(line["text"]).toLowerCase().includes(search.value.toLowerCase()),
  );
  return (
    <article class="card media" aria-label={`Output of ${run.name}, rank ${rank}`}>
      <div class="head">
        <RunName run={run} />
        {run.ranks.length > 1 && <span>rank {rank}</span>}
        <input
          type="search"
          aria-label={`Search the output of ${run.name}`}
          placeholder="Search these lines"
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      </div>
      {problem !== "" && <p class="problem">{problem}</p>}
      {value.length >= shown.value && (
        <button type="button" onClick={() => (shown.value = Math.min(10_000, shown.value * 4))}>
          Earlier lines
        </button>
      )}
      <div
        class="output"
        ref={box}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={`Output of ${run.name}`}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
          (isAtEnd.current = scrollTop + clientHeight > scrollHeight - 30)
        }
      >
        {lines.map((line) => (
          <p key={line.seq} class={line["stream"] === "stderr" ? "stderr" : ""}>
            <time>{formatTime(line.time).slice(11)}</time> {String(line["text"])}
          </p>
        ))}
      </div>
    </article>
  );
}
