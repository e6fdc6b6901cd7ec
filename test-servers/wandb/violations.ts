/** What a client must do, each rule by its id. A server that finds one broken collects a {@link Violation}. */
export const RULES = {
  A1: "every call to the base URL carries Authorization: Basic base64(api:<key>)",
  A2: "a signed URL is called without credentials and without cookies",
  A3: "a body of JSON says so in Content-Type",
  A4: "a path names entity, project and run as UpsertBucket returned them",
  G1: "a GraphQL request is one named operation that is valid and is given the variables it needs",
  G2: "a GraphQL document asks for nothing that the schema lacks",
  G4: "UpsertBucket comes first, with legal names, wrapped config values, telemetry, and no key less than before but for empty objects",
  F1: "file_stream goes to a run that UpsertBucket made",
  F2: "lines go on where the stored ones end, or repeat them exactly",
  F3: "a line is one JSON object without line breaks, and neither it nor the request is too long",
  F4: "_step rises, _timestamp does not fall, _runtime is not negative",
  F5: "the summary is one whole object at one offset, and agrees with the last values of the history; a resumed one may lack NaN of before",
  F6: "complete is sent once, last, with an integer exit code, when all files have arrived",
  F7: "one request at a time, not too many per second, and never silent for longer than a heartbeat",
  F8: "after a failure the same request again, not before Retry-After; after a fatal status none",
  F9: "uploaded names only files that have arrived",
  F10: "a body is compressed only if the server has the feature FILESTREAM_GZIP",
  U1: "a run file is asked for once per content, by a relative name without ..",
  U2: "a signed PUT carries every given header and its length, and is not chunked",
  U3: "a signed URL that has expired or was used is not used again",
  U4: "hash, size, width and height that JSON states are those of the stored file",
  M1: "every path in history and summary is a file that has arrived",
  M2: "a media file is named media/<kind>/<key>_<step>_<20 hex digits of its sha256>.<extension>",
  M3: "count, filenames, captions and all_masks of a list of images are equally long",
  M4: "the class labels of every mask are in the config",
  M5: "a table has an artifact whose entries, cells, sizes and column types agree with it",
  R1: "an artifact is created, its manifest announced, its files sent, its manifest sent, then it is committed",
  R2: "the digest of an artifact is the md5 over its manifest's entries in order",
  R3: "a file of an artifact has the md5 that it was announced with",
  R4: "a manifest has the md5 that it was announced with",
  R5: "an artifact is committed when all of its files have arrived",
  R6: "content that is there already is not sent again",
  R7: "names and aliases are legal, each alias once, with latest among them",
  R8: "a client id is 128 random letters and digits and names one artifact",
  S1: "RunResumeStatus is asked before a run is resumed",
  S3: "a resumed run goes on behind what is stored",
} as const;

/** The id of a rule. */
export type Rule = keyof typeof RULES;

/** A rule that a client broke. */
export interface Violation {
  readonly rule: Rule;
  /** What was wrong, with the values. */
  readonly detail: string;
  /** The call that broke it, such as `UpsertBucket` or `file_stream`. */
  readonly call: string;
}

/** Collects what a client does wrong. */
export class Violations {
  readonly found: Violation[] = [];

  add(rule: Rule, call: string, detail: string): void {
    this.found.push({ rule, detail, call });
  }

  /** Adds a violation unless `ok`, and says whether it was. */
  check(ok: boolean, rule: Rule, call: string, detail: () => string): boolean {
    if (!ok) this.add(rule, call, detail());
    return ok;
  }

  /** @throws Error that lists every violation */
  assertNone(): void {
    if (this.found.length === 0) return;
    const lines = this.found
      .slice(0, 20)
      .map(({ rule, call, detail }) => `  ${rule} (${RULES[rule]}), ${call}: ${detail}`);
    const more = this.found.length > 20 ? `\n  and ${this.found.length - 20} more` : "";
    throw new Error(`the client broke the protocol:\n${lines.join("\n")}${more}`);
  }
}
