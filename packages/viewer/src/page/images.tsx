import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Api } from "./api.ts";
import { classColour } from "./colours.ts";
import { useChosenRecord } from "./entries.ts";
import { EntryCard } from "./entry-card.tsx";
import { type EntryCardProps, EntrySections } from "./entry-sections.tsx";
import { PictureView } from "./picture.tsx";
import { picturesOf } from "./records.ts";

/** Pictures of a record at first. */
const PAGE = 24;

/** The pictures of all shown runs, by name. */
export function Images({ api }: { api: Api }): JSX.Element {
  return <EntrySections api={api} type="images" Card={ImageCard} />;
}

function ImageCard({ api, run, name }: EntryCardProps): JSX.Element {
  const { record, ...entry } = useChosenRecord(api, run.id, "images", name);
  const masks = useSignal<ReadonlySet<string>>(new Set());
  const hiddenClasses = useSignal<ReadonlySet<number>>(new Set());
  const shown = useSignal(PAGE);
  const { pictures, labels } = record === undefined ? { pictures: [], labels: {} } : picturesOf(record);
  const maskNames = [...new Set(pictures.flatMap((picture) => Object.keys(picture.masks)))];
  return (
    <EntryCard run={run} name={name} {...entry}>
      {maskNames.length > 0 && (
        <div class="masks" role="group" aria-label="Masks">
          {maskNames.map((mask) => (
            <label key={mask}>
              <input
                type="checkbox"
                checked={masks.value.has(mask)}
                onChange={() => (masks.value = toggled(masks.value, mask))}
              />{" "}
              {mask}
            </label>
          ))}
          {masks.value.size > 0 &&
            Object.entries(labels).map(([id, label]) => (
              <ClassToggle
                key={id}
                classId={Number(id)}
                label={label}
                isShown={!hiddenClasses.value.has(Number(id))}
                onToggle={() => (hiddenClasses.value = toggled(hiddenClasses.value, Number(id)))}
              />
            ))}
        </div>
      )}
      <div class="pictures">
        {pictures.slice(0, shown.value).map((picture, i) => (
          <PictureView
            // The place in the record: a picture that comes at the next step takes over its canvas.
            key={i}
            api={api}
            run={run.id}
            rank={entry.places[entry.at]?.rank ?? 0}
            picture={picture}
            name={`${name} ${i}`}
            overlay={{ masks: masks.value, hiddenClasses: hiddenClasses.value }}
          />
        ))}
      </div>
      {pictures.length > shown.value && (
        <button type="button" onClick={() => (shown.value += PAGE)}>
          {pictures.length - shown.value} more pictures
        </button>
      )}
    </EntryCard>
  );
}

function ClassToggle(props: {
  classId: number;
  label: string;
  isShown: boolean;
  onToggle: () => void;
}): JSX.Element | null {
  const { classId, label, isShown, onToggle } = props;
  if (classId === 0 || !Number.isInteger(classId)) return null;
  return (
    <label class="class">
      <input type="checkbox" checked={isShown} onChange={onToggle} />{" "}
      <span class="swatch" style={{ background: `rgb(${classColour(classId).join(" ")})` }} /> {label}
    </label>
  );
}

function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
