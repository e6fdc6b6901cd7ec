import { createHash } from "node:crypto";
import { decode } from "fast-png";
import { stringifyExtended } from "./extended-json.ts";
import type { Row, Run } from "./run.ts";
import { checkTableArtifact } from "./table-rules.ts";
import type { Rule, Violations } from "./violations.ts";
import type { World } from "./world.ts";

/** A value that refers to a file. */
export interface MediaValue {
  readonly _type: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly width?: number;
  readonly height?: number;
}

interface ImageList extends MediaValue {
  readonly count?: number;
  readonly filenames?: readonly string[];
  readonly captions?: readonly string[];
  readonly all_masks?: readonly (Readonly<Record<string, MediaValue>> | null)[];
}

const NAME = /^media\/([a-z]+(?:\/mask)?)\/.+_\d+_([0-9a-f]{20})\.[a-z.]+$/;

/** Rules M1 to M5 and U4, for all that the history and the summary of a complete run refer to. */
export function checkMedia(run: Run, world: World, violations: Violations): void {
  const seen = new Set<string>();
  const rules = new MediaRules(run, world, violations);
  for (const row of [...run.rows, run.summary]) {
    for (const [key, value] of mediaIn(row)) {
      const text = stringifyExtended([key, value]);
      if (!seen.has(text)) rules.check(key, value);
      seen.add(text);
    }
  }
}

/** Values with a `_type`, with the names under which they were logged. */
function* mediaIn(row: Row): Iterable<readonly [key: string, value: MediaValue]> {
  for (const [key, value] of Object.entries(row)) {
    if (typeof value !== "object" || value === null) continue;
    if ("_type" in value) yield [key, value as MediaValue];
    else if (!Array.isArray(value)) yield* mediaIn(value as Row);
  }
}

class MediaRules {
  readonly #run: Run;
  readonly #world: World;
  readonly #violations: Violations;

  constructor(run: Run, world: World, violations: Violations) {
    this.#run = run;
    this.#world = world;
    this.#violations = violations;
  }

  check(key: string, value: MediaValue): void {
    const { _type: type } = value;
    switch (type) {
      case "image-file":
        this.#image(value);
        break;
      case "images/separated":
        this.#list(key, value);
        break;
      case "table-file": {
        const bytes = this.#file(value);
        if (bytes !== undefined) checkTableArtifact(value, bytes, this.#run, this.#world, this.#violations);
        break;
      }
      default:
        break;
    }
  }

  #list(key: string, list: ImageList): void {
    const { filenames = [], captions, all_masks: masks, count, width, height } = list;
    const lengths = [count, filenames.length, captions?.length, masks?.length].filter(
      (each) => each !== undefined,
    );
    if (new Set(lengths).size !== 1) this.#add("M3", `${key} has lengths ${lengths.join(", ")}`);
    for (const [index, path] of filenames.entries()) {
      this.#image({
        _type: "image-file",
        path,
        ...(index === 0 && { width: width ?? -1, height: height ?? -1 }),
      });
    }
    for (const [name, mask] of (masks ?? []).flatMap((each) => Object.entries(each ?? {}))) {
      this.#mask(key, name, mask);
    }
  }

  #mask(key: string, name: string, mask: MediaValue): void {
    const png = this.#image(mask);
    if (png !== undefined && (png.channels !== 1 || png.depth !== 8 || png.palette !== undefined)) {
      this.#add("U4", `${mask.path} is no mask of 8-bit grey`);
    }
    const own = (this.#run.config["_wandb"]?.value ?? {}) as Record<
      string,
      Record<string, unknown> | undefined
    >;
    const label = `${key}_wandb_delimeter_${name}`;
    if (own["mask/class_labels"]?.[label] === undefined)
      this.#add("M4", `the config lacks labels for ${label}`);
  }

  #image(value: MediaValue): ReturnType<typeof decode> | undefined {
    const bytes = this.#file(value);
    if (bytes === undefined) return undefined;
    try {
      const png = decode(bytes);
      const { width = png.width, height = png.height } = value;
      if (width !== png.width || height !== png.height) {
        this.#add("U4", `${value.path} is ${png.width} x ${png.height}, and said to be ${width} x ${height}`);
      }
      return png;
    } catch (error) {
      this.#add("U4", `${value.path} is no PNG: ${String(error)}`);
      return undefined;
    }
  }

  #file({ path = "", sha256, size }: MediaValue): Buffer | undefined {
    const bytes = this.#run.file(path);
    if (bytes === undefined) {
      this.#add("M1", `${JSON.stringify(path)} has not arrived`);
      return undefined;
    }
    const found = createHash("sha256").update(bytes).digest("hex");
    if (NAME.exec(path)?.[2] !== found.slice(0, 20)) this.#add("M2", `${path} has the sha256 ${found}`);
    if (sha256 !== undefined && sha256 !== found) this.#add("U4", `${path} has not the sha256 ${sha256}`);
    if (size !== undefined && size !== bytes.length)
      this.#add("U4", `${path} has ${bytes.length} bytes, not ${size}`);
    return bytes;
  }

  #add(rule: Rule, detail: string): void {
    this.#violations.add(rule, "file_stream", detail);
  }
}
