import { chart } from "./chart.ts";
import { type Answer, type Endpoint, type Received, Refusal } from "./exchange.ts";
import { stringifyExtended } from "./extended-json.ts";
import { type Html, html, page } from "./html.ts";
import type { Row, Run } from "./run.ts";
import type { Violation, Violations } from "./violations.ts";
import type { World } from "./world.ts";

const SHOWN_ROWS = 50;
const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  json: "application/json",
  yaml: "text/plain",
  log: "text/plain",
};

/** Pages for people: all runs at `/`, and each run where W&B has its page, too. */
export class RunPages implements Endpoint {
  readonly #world: World;
  readonly #violations: Violations;

  constructor(world: World, violations: Violations) {
    this.#world = world;
    this.#violations = violations;
  }

  answer({ method, target }: Received): Answer {
    const segments = new URL(target, "http://localhost").pathname.split("/").slice(1).map(decodeURIComponent);
    if (method === "GET" && segments.join("/") === "") return document("Runs", this.#list());
    const [entity, project, word, id = "", kind, ...name] = segments;
    const run = word === "runs" ? this.#world.find(entity, project, id) : undefined;
    if (method !== "GET" || run === undefined) throw new Refusal(404, `nothing is at ${target}`);
    if (kind === undefined) return document(run.displayName, this.#run(run));
    const bytes = kind === "files" ? run.file(name.join("/")) : undefined;
    if (bytes === undefined) throw new Refusal(404, `the run has no file ${name.join("/")}`);
    const type = TYPES[name.at(-1)?.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return { status: 200, headers: { ...HEADERS, "content-type": type }, body: bytes };
  }

  #list(): Html {
    const rows = [...this.#world.runs.values()].map(
      (run) =>
        html`<tr>
          <td><a href="${pathOf(run)}">${run.displayName}</a></td>
          <td>${run.entity}/${run.project}</td>
          <td>${stateOf(run)}</td>
          <td>${run.history.length} rows</td>
        </tr>`,
    );
    return html`<h1>Runs</h1>
      <table>
        ${rows}
      </table>
      ${violationList(this.#violations.found)}`;
  }

  #run(run: Run): Html {
    const { rows, summary } = run;
    const artifacts = [...this.#world.artifacts.values()].filter(({ runId }) => runId === run.id);
    return html`<p><a href="/">All runs</a></p>
      <h1>${run.displayName}</h1>
      <p class="muted">
        ${run.entity}/${run.project}/${run.id} · ${stateOf(run)}
        ${run.group === undefined ? "" : `· group ${run.group}`} ${run.tags.map((tag) => `#${tag} `)}
        ${run.notes ?? ""}
      </p>
      <h2>Metrics</h2>
      <div class="grid">${charts(rows)}</div>
      <h2>Pictures</h2>
      <div class="grid">${pictures(run)}</div>
      <h2>Summary</h2>
      ${values(summary)}
      <h2>Config</h2>
      ${values(run.plainConfig)}
      <h2>History, the last of ${rows.length} rows</h2>
      <div class="scroll">${history(rows.slice(-SHOWN_ROWS))}</div>
      <h2>Files</h2>
      <table>
        ${[...run.files].map(
          ([name, { bytes }]) =>
            html`<tr>
              <td><a href="${filePath(run, name)}">${name}</a></td>
              <td>${bytes === undefined ? "not arrived" : `${bytes.length} bytes`}</td>
            </tr>`,
        )}
      </table>
      <h2>Artifacts</h2>
      <table>
        ${artifacts.map(
          ({ collection, type, version, aliases, files }) =>
            html`<tr>
              <td>${collection}:${version === undefined ? "not committed" : `v${version}`}</td>
              <td>${type}</td>
              <td>${[...aliases].join(", ")}</td>
              <td>${files.size} files</td>
            </tr>`,
        )}
      </table>
      ${violationList(this.#violations.found)}`;
  }
}

// What a client sent must not act on whoever looks at it.
const HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
};

function document(title: string, body: Html): Answer {
  return { status: 200, headers: { ...HEADERS, "content-type": "text/html" }, body: page(title, body) };
}

function charts(rows: readonly Row[]): Html[] {
  const series = new Map<string, [step: number, value: number][]>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== "number" || !Number.isFinite(value) || name.startsWith("_")) continue;
      const points = series.get(name) ?? [];
      points.push([row["_step"] as number, value]);
      series.set(name, points);
    }
  }
  return [...series].map(([name, points]) => chart(name, points));
}

function pictures(run: Run): Html[] {
  const names = [...run.files.keys()].filter((name) => name.endsWith(".png"));
  return names.map(
    (name) =>
      html`<figure>
        <img
          src="${filePath(run, name)}"
          alt="${name}"
          class="${name.endsWith(".mask.png") ? "mask" : "picture"}"
        />
        <figcaption>${name.replace(/^media\/images\//, "").replace(/_[0-9a-f]{20}/, "")}</figcaption>
      </figure>`,
  );
}

function values(record: Readonly<Record<string, unknown>>): Html {
  const entries = Object.entries(record).map(
    ([name, value]) =>
      html`<tr>
        <th>${name}</th>
        <td>${short(value)}</td>
      </tr>`,
  );
  return html`<table>
    ${entries}
  </table>`;
}

function history(rows: readonly Row[]): Html {
  const names = [...new Set(["_step", ...rows.flatMap((row) => Object.keys(row))])];
  return html`<table>
    <tr>
      ${names.map((name) => html`<th>${name}</th>`)}
    </tr>
    ${rows.map(
      (row) =>
        html`<tr>
          ${names.map((name) => html`<td>${short(row[name])}</td>`)}
        </tr>`,
    )}
  </table>`;
}

function short(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : stringifyExtended(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

function violationList(found: readonly Violation[]): Html {
  if (found.length === 0) return html`<p class="muted">The client broke no rule of the protocol.</p>`;
  return html`<h2 class="wrong">What the client did wrong</h2>
    <ul>
      ${found.slice(0, SHOWN_ROWS).map(({ rule, call, detail }) => html`<li>${rule}, ${call}: ${detail}</li>`)}
    </ul>`;
}

function stateOf(run: Run): string {
  if (!run.complete) return "running";
  return run.exitCode === 0 ? "finished" : `failed with ${run.exitCode}`;
}

function pathOf({ entity, project, id }: Run): string {
  return `/${[entity, project, "runs", id].map(encodeURIComponent).join("/")}`;
}

function filePath(run: Run, name: string): string {
  return `${pathOf(run)}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}
