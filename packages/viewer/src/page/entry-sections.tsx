import type { ComponentType, JSX } from "preact";
import type { EntryType, RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { namesOf } from "./entries.ts";

/** What a card is about: the records of one name of one run. */
export interface EntryCardProps {
  readonly api: Api;
  readonly run: RunSummary;
  readonly name: string;
}

/** The records of one kind of all shown runs: a section for each name, in it a card for each run. */
export function EntrySections(props: {
  api: Api;
  type: EntryType;
  Card: ComponentType<EntryCardProps>;
  isGrid?: boolean;
}): JSX.Element {
  const { api, type, Card, isGrid = false } = props;
  return (
    <>
      {namesOf(type).map(([name, runs]) => (
        <section class="group" key={name}>
          <h2>{name}</h2>
          <div class={isGrid ? "grid" : ""}>
            {runs.map((run) => (
              <Card key={run.id} api={api} run={run} name={name} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}
