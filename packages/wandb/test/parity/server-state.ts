import { hash } from "node:crypto";
import type { Artifact, Run, WandbServer } from "@mlog/test-servers/wandb";
import { decode } from "fast-png";
import { parse } from "yaml";
import { type ExtendedJson, parseExtended, stringifyExtended } from "../../src/extended-json.ts";

/** A value that is not made of others. */
export type Leaf = string | number | bigint | boolean | null;
/** What a server has of a run: path -> value. */
export type ServerState = ReadonlyMap<string, Leaf>;

interface File {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * All that a server has of its only run, as values that can be compared one by one. Ids by chance are replaced by what
 * they are the ids of, and hashes by that of the content: of pixels, or of parsed JSON, since several texts are right.
 */
export function serverState(server: Pick<WandbServer, "runs" | "artifacts">): ServerState {
  const run = server.runs[0]!;
  const state = stringifyExtended({
    run: runFields(run),
    config: run.config as unknown as ExtendedJson,
    history: run.rows as unknown as ExtendedJson,
    summary: run.summary as ExtendedJson,
    hasSystemMetrics: run.events.length > 0,
    output: run.output,
    uploaded: Object.fromEntries([...run.uploaded].map((name) => [name, true])),
    files: byName(filesOfRun(run)),
    artifacts: Object.fromEntries(
      server.artifacts.map((artifact) => [
        `${artifact.collection}:v${artifact.version}`,
        artifactFields(artifact),
      ]),
    ),
  });
  const named = withNames(state, namesOf(run, server.artifacts));
  return new Map([...leavesOf(parseExtended(named), "")].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function runFields(run: Run): ExtendedJson {
  const { id, entity, project, displayName, complete, resumed, tags } = run;
  const { exitCode = null, group = null, jobType = null, notes = null, host = null, program = null } = run;
  const names = { id, entity, project, displayName, group, jobType, notes, host, program, tags };
  return { ...names, exitCode, complete, resumed };
}

function artifactFields(artifact: Artifact): ExtendedJson {
  const {
    type,
    description = null,
    historyStep = null,
    digest,
    stage,
    manifest,
    metadata,
    aliases,
  } = artifact;
  return {
    ...{ type, description, historyStep, digest, stage },
    aliases: [...aliases].sort(),
    metadata: metadata as ExtendedJson,
    manifest: (manifest ?? null) as unknown as ExtendedJson,
    files: byName(filesOfArtifact(artifact)),
  };
}

function filesOfRun({ files }: Run): readonly File[] {
  return [...files].flatMap(([name, { bytes }]) => (bytes === undefined ? [] : [{ name, bytes }]));
}

function filesOfArtifact({ files }: Artifact): readonly File[] {
  return [...files.values()].flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]));
}

function byName(files: readonly File[]): ExtendedJson {
  return Object.fromEntries(
    files.map((file) => [file.name, { size: file.bytes.length, content: contentOf(file) }]),
  );
}

/** Pixels and parsed JSON or YAML, for which several texts stand; else the text itself. */
function contentOf({ name, bytes }: File): ExtendedJson {
  const text = bytes.toString();
  if (name.endsWith(".json")) return parseExtended(text);
  if (name.endsWith(".yaml")) return parse(text, { intAsBigInt: true, version: "1.1" }) as ExtendedJson;
  if (!name.endsWith(".png")) return text;
  const { width, height, channels, data } = decode(bytes);
  return `${width} x ${height} x ${channels}: ${hash("md5", Uint8Array.from(data), "hex")}`;
}

/** What stands in the state by chance -> what shall stand there. */
function namesOf(run: Run, artifacts: readonly Artifact[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { id, collection, clientIds, sequenceClientId } of artifacts) {
    names.set(id, `id of ${collection}`);
    for (const clientId of clientIds) names.set(clientId, `client id of ${collection}`);
    if (sequenceClientId !== undefined) names.set(sequenceClientId, `sequence id of ${collection}`);
  }
  const files = [run, ...artifacts].flatMap((owner) =>
    owner === run ? filesOfRun(run) : filesOfArtifact(owner as Artifact),
  );
  // What is named by hashes in others comes before those.
  for (const file of [0, 1, 2, 3].flatMap((rank) => files.filter(({ name }) => rankOf(name) === rank))) {
    const content = new Map([...leavesOf(contentOf(file), "")].sort(([a], [b]) => (a < b ? -1 : 1)));
    const label = hash("md5", withNames(stringifyExtended([...content].flat()), names), "hex").slice(0, 12);
    const [sha256, md5] = [hash("sha256", file.bytes, "hex"), hash("md5", file.bytes, "hex")];
    for (const digest of [sha256, md5]) {
      names.set(digest, `hash of ${label}`);
      names.set(digest.slice(0, 20), label);
    }
    names.set(Buffer.from(md5, "hex").toString("base64"), `hash of ${label}`);
  }
  return names;
}

function rankOf(name: string): number {
  if (!name.endsWith(".json")) return 0;
  if (name.endsWith(".classes.json")) return 1;
  return name.endsWith(".table.json") ? 2 : 3;
}

function withNames(text: string, names: ReadonlyMap<string, string>): string {
  let named = text;
  // The longest first: some begin as others do.
  for (const name of [...names.keys()].sort((a, b) => b.length - a.length)) {
    named = named.replaceAll(name, names.get(name)!);
  }
  return named;
}

function* leavesOf(value: ExtendedJson, path: string): Iterable<readonly [path: string, value: Leaf]> {
  if (typeof value !== "object" || value === null) {
    yield [path, value];
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) yield [path, Array.isArray(value) ? "[]" : "{}"];
  for (const [key, each] of entries) yield* leavesOf(each, path === "" ? key : `${path} > ${key}`);
}

/** A state as lines that can be kept in a file. */
export function printState(state: ServerState): string {
  return [...state].map((entry) => `${stringifyExtended(entry)}\n`).join("");
}

/** The opposite of {@link printState}. */
export function readState(text: string): ServerState {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => parseExtended(line) as unknown as [string, Leaf]));
}
