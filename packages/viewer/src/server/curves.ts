import type { Curve, CurveRequest, CurvesRequest } from "../protocol.ts";
import type { FollowedLog, RunLibrary } from "./run-library.ts";

/** The curves of a chart, one for every rank that has the metric. */
export async function readCurves(library: RunLibrary, request: CurvesRequest): Promise<Curve[]> {
  const { axis, from = -Infinity, to = Infinity, points } = request;
  const read = async (asked: CurveRequest): Promise<Curve[]> => {
    const logs: FollowedLog[] = library.logsOf(asked.run);
    // Several ranks have one count each, and the page knows only the sum: they are sent whole.
    const after = logs.length === 1 ? (asked.after ?? 0) : 0;
    const query = { metric: asked.metric, axis, from, to, points: Math.max(2, points), after };
    const found = await library.worker.call("curves", [logs.map((log) => log.number), query]);
    return found.flatMap((curve, i) =>
      curve === null ? [] : [{ ...curve, run: asked.run, rank: logs[i]!.found.rank }],
    );
  };
  return (await Promise.all(request.curves.map(read))).flat();
}
