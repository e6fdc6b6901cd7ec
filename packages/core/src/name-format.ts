import { check } from "./errors.ts";
import type { Ranks } from "./ranks.ts";
import type { TimestampFields } from "./timestamp.ts";

interface RunVariables {
  readonly runName: string;
  readonly ranks: Ranks;
}

interface TimeVariables extends RunVariables {
  readonly timestamp: TimestampFields;
}

type Extra = Readonly<Record<string, unknown>>;

/**
 * What {@link formatName} fills in: a `State`, or its run name and ranks and further placeholders
 * under their own names (strings, numbers, bigints or booleans; those of the run win).
 */
export type NameVariables = RunVariables | (RunVariables & Extra);

/** What {@link formatNameWithTime} fills in: {@link NameVariables} and a timestamp. */
export type TimedNameVariables = TimeVariables | (TimeVariables & Extra);

/**
 * Composer's `format_name_with_dist`: fills `{run_name}`, `{rank}`, `{local_rank}`, `{world_size}`,
 * `{local_world_size}`, `{node_rank}` and the further placeholders, once: what is filled in is not
 * looked at again. Everything else stays as it is, unknown placeholders too; there are no format
 * specifications (`{rank:02}`) and no doubled braces.
 *
 * @throws MlogTypeError `INVALID_NAME` if the format is not a string.
 */
export function formatName(format: string, variables: NameVariables): string {
  return fill(format, variables, {});
}

/**
 * Composer's `format_name_with_dist_and_time`: {@link formatName}, and every counter of the timestamp
 * (`{epoch}`, `{batch}`, `{batch_in_epoch}`, `{sample}`, `{sample_in_epoch}`, `{token}`,
 * `{token_in_epoch}`; those of the iteration go beyond Composer) and wall-clock time in seconds
 * (`{total_wct}`, `{epoch_wct}`, `{batch_wct}`).
 *
 * @throws MlogTypeError `INVALID_NAME` if the format is not a string.
 */
export function formatNameWithTime(format: string, variables: TimedNameVariables): string {
  return fill(format, variables, variables.timestamp);
}

/**
 * Refuses a name that, as a path below a folder or prefix, could lead out of it or mean something
 * else on another system or store. A safe name is made of segments with single slashes between them,
 * none of them empty or of nothing but dots and spaces (Windows cuts those); it has no drive letter at
 * its start, no backslash, control character or lone surrogate, and at most 1024 bytes in UTF-8 (what
 * S3 and Azure take).
 *
 * @param argument - The argument that the name comes from, for the error.
 * @throws MlogTypeError or MlogRangeError `INVALID_NAME`, naming the argument and the value.
 */
export function assertSafeName(name: unknown, argument: string): asserts name is string {
  check(
    typeof name === "string" &&
      !/^[a-z]:|[\p{Cc}\p{Cs}\\]|(^|\/)[. ]*(\/|$)/iu.test(name) &&
      new TextEncoder().encode(name).length <= 1024,
    "INVALID_NAME",
    argument,
    "be a relative path of 1 to 1024 bytes without dot segments, drives, backslashes and control characters",
    name,
    "string",
  );
}

/**
 * A formatted name as that of a file in a remote store: leading slashes are cut, as in Composer, and
 * the rest must be safe ({@link assertSafeName}).
 *
 * @param argument - The argument that the name comes from, for the error.
 * @throws MlogTypeError or MlogRangeError `INVALID_NAME`, naming the argument and the value.
 */
export function toRemoteName(name: string, argument: string): string {
  const remote = typeof name === "string" ? name.replace(/^\/+/, "") : name;
  assertSafeName(remote, argument);
  return remote;
}

function fill(format: string, variables: NameVariables, timestamp: object): string {
  check(typeof format === "string", "INVALID_NAME", "the format of a name", "be a string", format, "");
  // Most names of files have no placeholders, and there may be thousands.
  if (!format.includes("{")) return format;
  const { runName, ranks, ...extra } = variables;
  const values: Record<string, unknown> = { ...extra };
  for (const [name, value] of Object.entries<unknown>({ runName, ...ranks, ...timestamp })) {
    const placeholder = name.replace(/[A-Z]/g, "_$&").toLowerCase();
    values[placeholder] = name.endsWith("Wct") ? (value as number) / 1000 : value;
  }
  return format.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    return /^(st|num|big|boo)/.test(typeof value) ? String(value) : placeholder;
  });
}
