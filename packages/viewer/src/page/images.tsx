import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { classColour } from "./colours.ts";
import { namesOf, usePlaces, useRecord } from "./entries.ts";
import { PictureView } from "./picture.tsx";
import { picturesOf } from "./records.ts";
import { RunName } from "./run-name.tsx";
import { StepSlider } from "./step-slider.tsx";

/** Pictures of a record at first. */
const PAGE = 24;

/** The pictures of all shown runs, by name. */
export function Images({ api }: { api: Api }): JSX.Element {
  return (
    <>
      {namesOf("images").map(([name, runs]) => (
        <section class="group" key={name}>
          <h2>{name}</h2>
          {runs.map((run) => (
            <ImageCard key={run.id} api={api} run={run} name={name} />
          ))}
        </section>
      ))}
    </>
  );
}

function ImageCard({ api, run, name }: { api: Api; run: RunSummary; name: string }): JSX.Element {
  const places = usePlaces(api, run.id, "images", name);
  const chosen = useSignal<number | undefined>(undefined);
  const masks = useSignal<ReadonlySet<string>>(new Set());
  const hiddenClasses = useSignal<ReadonlySet<number>>(new Set());
  const shown = useSignal(PAGE);
  const list = places.value ?? [];
  // The newest, until someone chooses.
  const at = Math.min(chosen.value ?? list.length - 1, list.length - 1);
  const record = useRecord(api, run.id, list[at]);
  const { pictures, labels } =
    record.value === undefined ? { pictures: [], labels: {} } : picturesOf(record.value);
  const maskNames = [...new Set(pictures.flatMap((picture) => Object.keys(picture.masks)))];
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
      <p class="problem" hidden={places.problem === "" && record.problem === ""}>
        {places.problem}
        {record.problem}
      </p>
      <div class="pictures">
        {pictures.slice(0, shown.value).map((picture, i) => (
          <PictureView
            // The place in the record: a picture that comes at the next step takes over its canvas.
            key={i}
            api={api}
            run={run.id}
            rank={list[at]?.rank ?? 0}
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
    </article>
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
