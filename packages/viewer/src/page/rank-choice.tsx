import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";

/** Chooses one of the processes of a run; nothing where there is only one. */
export function RankChoice(props: {
  run: RunSummary;
  /** Whose rank it is, for screen readers. */
  of: string;
  rank: number;
  onChoose: (rank: number) => void;
}): JSX.Element | null {
  const { run, of, rank, onChoose } = props;
  if (run.ranks.length < 2) return null;
  return (
    <label class="rank">
      rank{" "}
      <select
        aria-label={`Rank of ${of}`}
        value={rank}
        onChange={(event) => onChoose(Number(event.currentTarget.value))}
      >
        {run.ranks.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
