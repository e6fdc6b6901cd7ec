import { decodeCurves, type LineRecord } from "../protocol.ts";
import { mediaKey, placesKey, type Recorded, recordKey } from "../recorded.ts";
import { type Api, ApiError } from "./api.ts";

/** Answers from what is recorded in a report; nothing is asked of any network. */
export function recordedApi(recorded: Recorded): Api {
  const curves = decodeCurves(toBytes(recorded.curves).buffer);
  const recordOf = (run: string, rank: number, byte: number): LineRecord => {
    const record = recorded.records[recordKey(run, rank, byte)];
    if (record === undefined) throw new ApiError(404, "This record is not in the report.");
    return record;
  };
  return {
    isReport: true,
    live: (tell) => Promise.resolve(tell(recorded.message)),
    curves: ({ curves: asked }) =>
      Promise.resolve(
        asked.flatMap(({ run, metric }) =>
          curves.filter((curve) => curve.run === run && curve.metric === metric),
        ),
      ),
    places: (run, { type, name }) =>
      Promise.resolve([...(recorded.places[placesKey(run, type, name)] ?? [])]),
    record: async (run, rank, byte) => recordOf(run, rank, byte),
    records: async (run, rank, { type, name, from = 0, count = Infinity }) => {
      const places = recorded.places[placesKey(run, type, name)] ?? [];
      const bytes = places.find((each) => each.rank === rank)?.bytes ?? [];
      const first = from < 0 ? Math.max(0, bytes.length + from) : from;
      return bytes.slice(first, first + count).map((byte) => recordOf(run, rank, byte));
    },
    media: async (run, rank, file) => {
      const text = recorded.media[mediaKey(run, rank, file)];
      if (text === undefined) throw new ApiError(404, "This picture is not in the report.");
      return new Blob([toBytes(text)]);
    },
    files: (run) => Promise.resolve([...(recorded.files[run] ?? [])]),
    file: () => Promise.reject(new ApiError(404, "Files are listed in a report, and not held.")),
  };
}

function toBytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
