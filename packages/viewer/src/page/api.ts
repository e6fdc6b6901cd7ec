import {
  type Curve,
  type CurvesRequest,
  decodeCurves,
  type EntryPlaces,
  type EntryType,
  type LineRecord,
  type LiveMessage,
  type RunFile,
} from "../protocol.ts";

/** Which records of one kind: `from` counts from the last one if it is negative. */
export interface PlacesRequest {
  readonly type: EntryType;
  readonly name: string;
  readonly from?: number;
  readonly count?: number;
}

/** Where the page gets everything from: the server, or what is recorded in a report. */
export interface Api {
  /** Whether this is a file that will not change. */
  readonly isReport: boolean;
  /** Tells what there is, and then what changes. Resolves when the server ends it. */
  live(tell: (message: LiveMessage) => void, signal: AbortSignal): Promise<void>;
  curves(request: CurvesRequest, signal?: AbortSignal): Promise<Curve[]>;
  places(run: string, request: PlacesRequest): Promise<EntryPlaces[]>;
  /** The record that begins at a byte of a log. */
  record(run: string, rank: number, byte: number): Promise<LineRecord>;
  records(run: string, rank: number, request: PlacesRequest): Promise<LineRecord[]>;
  /** A picture of a log, `media/<sha256>.png` or `.webp`. */
  media(run: string, rank: number, file: string): Promise<Blob>;
  files(run: string): Promise<RunFile[]>;
  file(run: string, path: string): Promise<Blob>;
}

/** What the server refused, in its words. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the server that the page came from. */
export function serverApi(token: string): Api {
  const ask = async (path: string, options: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`/api/${path}`, { ...options, headers });
    if (response.ok) return response;
    const { message } = (await response.json().catch(() => ({}))) as { message?: string };
    throw new ApiError(response.status, message ?? `the server answered with ${response.status}`);
  };
  const query = (fields: Readonly<Record<string, string | number | undefined>>): string =>
    new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ).toString();
  const ofRun = (run: string, what: string): string => `runs/${encodeURIComponent(run)}/${what}`;
  return {
    isReport: false,
    async live(tell, signal) {
      const { body } = await ask("live", { signal });
      for await (const data of eventData(body!)) tell(JSON.parse(data) as LiveMessage);
    },
    async curves(request, signal) {
      const body = JSON.stringify(request);
      const response = await ask("curves", {
        method: "POST",
        body,
        ...(signal === undefined ? {} : { signal }),
      });
      return decodeCurves(await response.arrayBuffer());
    },
    async places(run, request) {
      return (await (await ask(ofRun(run, `places?${query({ ...request })}`))).json()) as EntryPlaces[];
    },
    async record(run, rank, byte) {
      return (await (await ask(ofRun(run, `record?${query({ rank, byte })}`))).json()) as LineRecord;
    },
    async records(run, rank, request) {
      const text = await (await ask(ofRun(run, `records?${query({ rank, ...request })}`))).text();
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line) as LineRecord);
    },
    async media(run, rank, file) {
      const name = file.replace(/^media\//, "");
      return (await ask(ofRun(run, `media/${encodeURIComponent(name)}?${query({ rank })}`))).blob();
    },
    async files(run) {
      return (await (await ask(ofRun(run, "files"))).json()) as RunFile[];
    },
    async file(run, path) {
      return (await ask(ofRun(run, `file?${query({ path })}`))).blob();
    },
  };
}

/** The data of server-sent events. (`EventSource` cannot send the token in a header.) */
async function* eventData(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length > 0) yield data.map((line) => line.slice(5).trimStart()).join("\n");
    }
  }
}
