import { useSignal, useSignalEffect } from "@preact/signals";
import type { EntryType, LineRecord, RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import * as state from "./state.ts";

/** Where one record stands. */
export interface Place {
  readonly rank: number;
  readonly step: number;
  /** Unix ms. */
  readonly time: number;
  readonly byte: number;
}

/** Names of records of one kind, over all shown runs, with the runs that have them. */
export function namesOf(type: EntryType): (readonly [name: string, runs: readonly RunSummary[]])[] {
  const names = new Map<string, RunSummary[]>();
  for (const run of state.selected.value) {
    for (const entry of run.entries) {
      if (entry.type !== type) continue;
      names.set(entry.name, [...(names.get(entry.name) ?? []), run]);
    }
  }
  return [...names];
}

/** How many records of one kind a run has. */
export function countOf(id: string, type: EntryType, name: string): number {
  const { entries = [] } = state.runs.value.get(id) ?? {};
  return entries.find((entry) => entry.type === type && entry.name === name)?.count ?? 0;
}

/** Something that is fetched: what is there so far, and what went wrong. */
export interface Fetched<T> {
  readonly value: T | undefined;
  readonly problem: string;
}

/** Where the records of one kind of a run stand, by step; follows the run. */
function usePlaces(api: Api, run: string, type: EntryType, name: string): Fetched<readonly Place[]> {
  return useFetched(`${run} ${type} ${name} ${countOf(run, type, name)}`, async () => {
    const ranks = await api.places(run, { type, name });
    const places = ranks.flatMap(({ rank, steps, times, bytes }) =>
      steps.map((step, i) => ({ rank, step, time: times[i]!, byte: bytes[i]! })),
    );
    return places.sort((a, b) => a.step - b.step || a.rank - b.rank || a.time - b.time);
  });
}

/** One record; undefined until it has come. */
function useRecord(api: Api, run: string, place: Place | undefined): Fetched<LineRecord> {
  const key = place === undefined ? "" : `${run} ${place.rank} ${place.byte}`;
  return useFetched(key, async () =>
    place === undefined ? undefined : api.record(run, place.rank, place.byte),
  );
}

/** The record of a name that is shown, and how to choose another. */
export interface ChosenRecord {
  readonly record: LineRecord | undefined;
  readonly places: readonly Place[];
  /** Which of `places` is shown; below 0 if there is none. */
  readonly at: number;
  /** What went wrong; empty if nothing did. */
  readonly problem: string;
  onChoose(at: number): void;
}

/** Of the records of one kind and name, the newest, until someone chooses. */
export function useChosenRecord(api: Api, run: string, type: EntryType, name: string): ChosenRecord {
  const places = usePlaces(api, run, type, name);
  const chosen = useSignal<number | undefined>(undefined);
  const list = places.value ?? [];
  const at = Math.min(chosen.value ?? list.length - 1, list.length - 1);
  const record = useRecord(api, run, list[at]);
  return {
    record: record.value,
    places: list,
    at,
    problem: places.problem || record.problem,
    onChoose: (next) => (chosen.value = next),
  };
}

/** Fetches whenever `key` changes; what is older than the last key is not shown. */
export function useFetched<T>(key: string, fetch: () => Promise<T | undefined>): Fetched<T> {
  const wanted = useSignal("");
  const result = useSignal<Fetched<T>>({ value: undefined, problem: "" });
  wanted.value = key;
  useSignalEffect(() => {
    const asked = wanted.value;
    fetch().then(
      (value) => {
        if (asked === wanted.peek()) result.value = { value, problem: "" };
      },
      (error: unknown) => {
        if (asked === wanted.peek()) result.value = { value: undefined, problem: (error as Error).message };
      },
    );
  });
  return result.value;
}
