import { hash } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { describe, MlogError, MlogRangeError } from "@mlog/core";
import { readPage } from "#page";
import { RECORDED_ID, type Recorded } from "../recorded.ts";
import { openCacheFolder } from "./cache-folder.ts";
import { FolderSource } from "./folder-source.ts";
import { IndexWorker } from "./index-worker.ts";
import type { PageFiles } from "./page-files.ts";
import { RunRecorder } from "./record-runs.ts";
import { RunLibrary } from "./run-library.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const POINTS = 1000;

export interface ReportOptions {
  /** Replace a file that is there. Default: false. */
  overwrite?: boolean;
  /** Pictures and records beyond so many bytes are left out. Default: 64 MiB. */
  maxBytes?: number;
  /** Of a curve; where it has more, each stands for a stretch of them, with its lowest and its highest value. Default: 1000. */
  points?: number;
  /** Stops it, before anything is written. */
  signal?: AbortSignal;
}

export interface Report {
  /** Absolute. */
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** What was left out, in words. */
  readonly warnings: readonly string[];
}

/**
 * Writes the page over a run, with everything that it shows, to one HTML file that asks nothing of any network.
 *
 * @param run the folder of a run, one of its logs, or a folder with several runs to compare
 * @throws MlogError `LOG_NOT_FOUND`, `FILE_EXISTS`; MlogRangeError `INVALID_ARGUMENT`; the signal's reason
 */
export async function writeReport(run: string, path: string, options: ReportOptions = {}): Promise<Report> {
  const { overwrite = false, maxBytes = MAX_BYTES, points = POINTS, signal } = options;
  if (!Number.isSafeInteger(points) || points < 2) {
    throw new MlogRangeError(
      "INVALID_ARGUMENT",
      `points must be an integer of at least 2, not ${describe(points)}`,
    );
  }
  signal?.throwIfAborted();
  const library = await openLibrary(run);
  try {
    await library.refresh();
    if (library.runs.length === 0) throw notFound(run);
    const recorder = new RunRecorder(library, maxBytes);
    const recorded = await recorder.record(points);
    signal?.throwIfAborted();
    const title = library.runs.length === 1 ? library.runs[0]!.name : basename(resolve(run));
    const html = toHtml(await readPage(), recorded, title);
    await writeFile(path, html, { flag: overwrite ? "w" : "wx" }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
      throw new MlogError(
        "FILE_EXISTS",
        `${describe(path)} is there already: name another file, or overwrite it`,
        {
          cause,
        },
      );
    });
    return { path: resolve(path), bytes: Buffer.byteLength(html), warnings: recorder.warnings };
  } finally {
    await library.close();
  }
}

async function openLibrary(run: string): Promise<RunLibrary> {
  const found = await stat(run).catch(() => undefined);
  if (found === undefined) throw notFound(run);
  const source = await FolderSource.open(found.isDirectory() ? run : dirname(run));
  return new RunLibrary(source, new IndexWorker(), await openCacheFolder(null, source.id));
}

function notFound(run: string): MlogError {
  return new MlogError("LOG_NOT_FOUND", `there is no log at ${describe(run)}: name the folder of a run`);
}

/** The page and its data as one file. Its policy lets the browser run this one script and ask nobody. */
function toHtml({ script, style }: PageFiles, recorded: Recorded, title: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // Nothing in the data can end its element: what others named their runs is part of it.
  const data = JSON.stringify(recorded).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - mlog</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="${RECORDED_ID}">${data}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${hash("sha256", text, "base64")}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
