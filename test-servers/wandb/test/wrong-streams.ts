import { gzipSync } from "node:zlib";
import { ArtifactClient } from "./artifact-client.ts";
import { row } from "./client.ts";
import { beginStream, historyOf, LINES, rawStream } from "./requests.ts";
import type { Wrong } from "./wrong.ts";

/** What breaks the rules of file_stream, one at a time. */
export const WRONG_STREAMS: readonly Wrong[] = [
  [
    "F1",
    "a run that UpsertBucket does not know",
    (world) => world.client.post("/files/me/proj/nobody/file_stream", {}),
  ],
  ["F2", "a gap", (world) => world.client.stream(historyOf(LINES, 1))],
  [
    "F2",
    "a changed line",
    async (world) => {
      await world.client.stream(historyOf(LINES));
      await world.client.stream(historyOf([JSON.stringify(row(0, { loss: 9 }))]));
    },
  ],
  ["F3", "a line that is no object", (world) => world.client.stream(historyOf(["[1]"]))],
  [
    "F3",
    "a line with a line break",
    (world) => world.client.stream(historyOf([`${LINES[0]!.slice(0, -1)}\n}`])),
  ],
  ["F3", "a body that is no JSON", (world) => world.client.stream("{files:")],
  [
    "F3",
    "an offset that is no number",
    (world) => world.client.stream({ files: { "output.log": { offset: "0", content: [] } } }),
  ],
  [
    "F3",
    "a line of more than 10 MiB",
    (world) => world.client.stream(historyOf([JSON.stringify(row(0, { text: "x".repeat(10 * 2 ** 20) }))])),
  ],
  [
    "F3",
    "a request of many lines and more than 11 MiB",
    (world) =>
      world.client.stream(
        historyOf([0, 1, 2].map((step) => JSON.stringify(row(step, { text: "x".repeat(4 * 2 ** 20) })))),
      ),
  ],
  ["F4", "a step twice", (world) => world.client.stream(historyOf([LINES[0]!, LINES[0]!]))],
  [
    "F4",
    "a step that is no integer",
    (world) => world.client.stream(historyOf([JSON.stringify({ ...row(0), _step: 0.5 })])),
  ],
  [
    "F4",
    "a time that falls",
    (world) =>
      world.client.stream(historyOf([JSON.stringify(row(0)), JSON.stringify({ ...row(1), _timestamp: 1 })])),
  ],
  [
    "F4",
    "a negative runtime",
    (world) => world.client.stream(historyOf([JSON.stringify({ ...row(0), _runtime: -1 })])),
  ],
  [
    "F5",
    "a summary of two lines",
    (world) => world.client.stream({ files: { "wandb-summary.json": { offset: 0, content: ["{}", "{}"] } } }),
  ],
  [
    "F5",
    "a summary at another offset",
    async (world) => {
      await world.client.history(0, [row(0)]);
      await world.client.stream({ files: { "wandb-summary.json": { offset: 1, content: ["{}"] } } });
    },
  ],
  [
    "F5",
    "a summary that is not the end of the history",
    async (world) => {
      await world.client.history(0, [row(0)]);
      await world.client.stream(historyOf([LINES[1]!], 1));
      await world.client.complete();
    },
  ],
  [
    "F6",
    "a request after the end",
    async (world) => {
      await world.client.complete();
      await world.client.stream({});
    },
  ],
  ["F6", "no exit code", (world) => world.client.complete("0")],
  [
    "F6",
    "an end before a file has arrived",
    async (world) => {
      await world.client.createFiles(["a"]);
      await world.client.complete();
    },
  ],
  [
    "F6",
    "an end before an artifact is committed",
    async (world) => {
      await new ArtifactClient(world.client, {}).create();
      await world.client.complete();
    },
  ],
  [
    "F7",
    "two requests at once",
    async (world) => {
      const end = await beginStream(world.server);
      await world.client.stream({});
      await end();
    },
  ],
  [
    "F7",
    "more than two requests per second",
    async (world) => {
      for (let count = 0; count < 11; count++) await world.client.stream({});
    },
  ],
  [
    "F7",
    "silence",
    async (world) => {
      await world.client.stream({});
      world.now += 36_000;
      await world.client.stream({});
    },
  ],
  [
    "F8",
    "something else after a failure",
    async (world) => {
      world.server.faults.plan("file_stream", { kind: "status", status: 500 });
      await world.client.stream(historyOf([LINES[0]!]));
      await world.client.stream(historyOf(LINES));
    },
  ],
  [
    "F8",
    "a request before Retry-After",
    async (world) => {
      world.server.faults.plan("file_stream", { kind: "status", status: 429, retryAfter: 2 });
      await world.client.stream({});
      world.now += 1900;
      await world.client.stream({});
    },
  ],
  [
    "F8",
    "a request after a fatal status",
    async (world) => {
      world.server.faults.plan("file_stream", { kind: "status", status: 404 });
      await world.client.stream({});
      await world.client.stream({});
    },
  ],
  ["F9", "uploaded that never arrived", (world) => world.client.stream({ uploaded: ["a"] })],
  [
    "F10",
    "a compressed body",
    (world) => rawStream(world.server, gzipSync("{}"), { "content-encoding": "gzip" }),
  ],
];
