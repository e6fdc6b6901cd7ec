import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamSSE } from "hono/streaming";
import { isMlogError } from "@mlog/core";
import { MAX_LINE_BYTES } from "@mlog/file";
import { encodeCurves } from "../protocol.ts";
import { readCurves } from "./curves.ts";
import { LiveFeed } from "./live-feed.ts";
import { readLine } from "./log-bytes.ts";
import { readMediaFile } from "./media.ts";
import { checkCurves, checkInteger, checkPlaces, InvalidRequest } from "./requests.ts";
import type { FollowedLog, RunLibrary } from "./run-library.ts";
import { readRecords } from "./records.ts";
import type { Watch } from "./watch.ts";

/** So that proxies and tunnels do not take a quiet page for a dead one, in ms. */
const HEARTBEAT = 15_000;
const MAX_FILES = 1000;
const FILE_BLOCK = 1024 * 1024;

/** Everything that the page asks for; it is only ever read. */
export function apiRoutes(library: RunLibrary, watch: Watch): Hono {
  const { source, worker } = library;
  const api = new Hono();

  api.get("/runs", (context) => context.json(library.runs));

  api.get("/live", (context) =>
    streamSSE(context, async (stream) => {
      const feed = new LiveFeed(library);
      const unwatch = watch.watch();
      const beat = setInterval(() => void stream.write(":\n\n").catch(() => {}), HEARTBEAT).unref();
      stream.onAbort(() => feed.end());
      try {
        for (;;) {
          const message = await feed.next();
          if (message === undefined || stream.aborted) break;
          await stream.writeSSE({ event: "runs", data: JSON.stringify(message) });
        }
      } finally {
        clearInterval(beat);
        unwatch();
        feed.end();
      }
    }),
  );

  api.post("/curves", bodyLimit({ maxSize: 1024 * 1024 }), async (context) => {
    const request = checkCurves(await context.req.json().catch(() => undefined));
    const curves = await readCurves(library, request);
    return context.body(encodeCurves(curves), 200, { "content-type": "application/octet-stream" });
  });

  api.get("/runs/:id/places", async (context) => {
    const query = checkPlaces(context.req.query());
    const places = library.logsOf(context.req.param("id")).map(async (log) => ({
      rank: log.found.rank,
      ...(await worker.call("places", [log.number, query])),
    }));
    return context.json(await Promise.all(places));
  });

  /** One line of a log, as it stands there. */
  api.get("/runs/:id/record", async (context) => {
    const log = logOf(library, context.req.param("id"), context.req.query("rank"));
    const byte = checkInteger("byte", context.req.query("byte"));
    const line = await readLine(source, log.found, byte, MAX_LINE_BYTES);
    if (line === undefined)
      return context.json({ code: "RECORD_NOT_FOUND", message: "No record is there." }, 404);
    return context.body(new Uint8Array(line), 200, { "content-type": "application/json" });
  });

  /** Lines of a log, one after the other. */
  api.get("/runs/:id/records", async (context) => {
    const log = logOf(library, context.req.param("id"), context.req.query("rank"));
    const query = checkPlaces(context.req.query());
    const { bytes } = await worker.call("places", [log.number, query]);
    const lines = await readRecords(source, log.found, bytes);
    return context.body(lines, 200, { "content-type": "application/x-ndjson" });
  });

  api.get("/runs/:id/media/:name", async (context) => {
    const log = logOf(library, context.req.param("id"), context.req.query("rank"));
    const { type, bytes } = await readMediaFile(source, log.found, context.req.param("name"));
    return context.body(bytes, 200, { "content-type": type });
  });

  api.get("/runs/:id/files", async (context) => {
    const run = library.run(context.req.param("id"));
    if (run === undefined) return context.notFound();
    const files = await source.files(run.path, MAX_FILES);
    return context.json(files.map(({ path, size, modified }) => ({ path, size, modified })));
  });

  api.get("/runs/:id/file", async (context) => {
    const path = context.req.query("path") ?? "";
    const run = library.run(context.req.param("id"));
    if (run === undefined || !(run.path === "" || path.startsWith(`${run.path}/`))) return context.notFound();
    const first = await source.read(path, 0, FILE_BLOCK);
    return context.body(
      blocksOf(first, (start) => source.read(path, start, start + FILE_BLOCK)),
      200,
      {
        "content-type": "application/octet-stream",
        "content-disposition": "attachment",
      },
    );
  });

  api.onError((error, context) => {
    if (error instanceof InvalidRequest)
      return context.json({ code: "INVALID_REQUEST", message: error.message }, 400);
    if (isMlogError(error, "FILE_NOT_FOUND")) return context.json(messageOf(error), 404);
    if (isMlogError(error)) return context.json(messageOf(error), 422);
    return context.json({ code: "FAILED", message: error.message }, 500);
  });
  return api;
}

function messageOf({ code, message }: Error & { code: string }): { code: string; message: string } {
  return { code, message };
}

function logOf(library: RunLibrary, id: string, rank = "0"): FollowedLog {
  const log = library.logsOf(id).find(({ found }) => found.rank === checkInteger("rank", rank));
  if (log === undefined)
    throw new InvalidRequest(`there is no such run, or it has no rank ${rank.slice(0, 20)}`);
  return log;
}

function blocksOf(
  first: Uint8Array,
  read: (start: number) => Promise<Uint8Array>,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const block = at === 0 ? first : await read(at);
      at += block.length;
      if (block.length > 0) controller.enqueue(block);
      if (block.length < FILE_BLOCK) controller.close();
    },
  });
}
