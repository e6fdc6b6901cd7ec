import type { Viewer } from "@mlog/viewer";

/** What the page would ask, as a program. */
export class Client {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(viewer: Viewer) {
    const [base, token] = viewer.url.split("/#token=");
    this.#base = `${base}/api/`;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  /** Follows the viewer until `isDone` of what it tells; gives the ids of all runs. */
  async follow(
    isDone: (runs: ReadonlyMap<string, { step: number }>, caughtUp: boolean) => boolean,
  ): Promise<string[]> {
    const abort = new AbortController();
    const response = await fetch(`${this.#base}live`, { headers: this.#headers, signal: abort.signal });
    const runs = new Map<string, { step: number }>();
    let rest = "";
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split("\n\n");
      rest = events.pop()!;
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const message = JSON.parse(data) as { runs: { id: string; step: number }[]; caughtUp: boolean };
        for (const run of message.runs) runs.set(run.id, run);
        if (!isDone(runs, message.caughtUp)) continue;
        abort.abort();
        return [...runs.keys()];
      }
    }
    throw new Error("the viewer ended the stream");
  }

  /** The bytes of the curves that a chart asks for. */
  async curves(
    runs: readonly string[],
    metric: string,
    range: { from?: number; to?: number } = {},
  ): Promise<number> {
    const curves = runs.map((run) => ({ run, metric }));
    const body = JSON.stringify({ curves, axis: "step", points: 1200, ...range });
    const response = await fetch(`${this.#base}curves`, { method: "POST", headers: this.#headers, body });
    return (await response.arrayBuffer()).byteLength;
  }
}
