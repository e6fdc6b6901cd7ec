import type { Difference } from "./compare.ts";
import type { Leaf } from "./server-state.ts";

/*
 * In what a run differs by who sent it. A difference that is not here fails the tests, and so does one that is no more;
 * the README has the same list.
 */

/** Steps in names of media files, and names of files of classes, tell nothing: what they are of is behind them. */
export function withoutStep(path: string): string {
  return path.replaceAll(/_\d+_([0-9a-f]{12}\.)/g, "_$1").replaceAll(/[^/]*_cls\.classes/g, "_cls.classes");
}

const nameAlike = (value: Leaf | undefined): unknown =>
  typeof value === "string" ? withoutStep(value) : value;
const isNumber = (value: Leaf | undefined): unknown => typeof value;

const CLIENT: Difference = {
  what: "Name, version and features of the client, and of Python",
  where: [/_wandb > value > (?:cli_version|python_version|t > .*)$/],
};
const PROGRAM: Difference = {
  what: "The program, which we name in `wandb-metadata.json` only",
  where: [/^run > program$/],
};
const SIZES: Difference = {
  what: "Sizes and hashes of files of which only the encoding differs: PNG, JSON, YAML",
  where: [/ > size$/, /^artifacts > run-shared-[^>]*> digest$/],
};
const LOCAL_PATHS: Difference = {
  what: "Paths on the machine, which Python's client leaves in manifests",
  where: [/^artifacts > .* > local_path$/],
};
const EMPTY: Difference = {
  what: "Empty objects in the config, which Python's client leaves out",
  where: [/^(?:config|files > config\.yaml > content) > empty > value$/],
};

/** The shared run online: Python's client and WandBLogger. */
export const ONLINE: readonly Difference[] = [
  CLIENT,
  {
    what: "Times. In a resumed run, Python's client takes the nanoseconds before for seconds",
    where: [/ > _(?:timestamp|runtime)$/, /_wandb > runtime$/],
    alike: isNumber,
  },
  {
    what: "What is known of the machine and of Python: system metrics, `requirements.txt`, the environment in the config, most of `wandb-metadata.json`",
    where: [
      /^hasSystemMetrics$/,
      /requirements\.txt/,
      /_wandb > value > e > /,
      /^files > wandb-metadata\.json > /,
      /^run > host$/,
    ],
  },
  PROGRAM,
  SIZES,
  {
    what: "The step in the name of a media file, if it is the first thing that is logged for its step: ours is that step, Python's the one before. Names of files of classes",
    where: [/^(?:files|history|summary|artifacts) > /],
    alike: nameAlike,
  },
  {
    what: "Column types of a table: the order of the types in a union, and the length of lists of several lengths, for which Python's client gives the last one",
    // And what the hash of the table then is.
    where: [
      / > column_types > .* > allowed_types > /,
      /^artifacts > run-shared-.* > .*table\.json > digest$/,
    ],
  },
  LOCAL_PATHS,
  EMPTY,
  {
    what: "True and false as metrics, which are 1 and 0 here",
    where: [/^(?:history > 0|summary|files > wandb-summary\.json > content) > ok$/],
    alike: Number,
  },
  {
    what: "NaN in the summary, which Python's client loses when the run is resumed",
    where: [/^summary > nan$/, /^files > wandb-summary\.json > content > nan$/],
  },
];

/** A run of ours, sent by `wandb sync` and by `uploadRun`. */
export const SYNCED: readonly Difference[] = [
  CLIENT,
  PROGRAM,
  SIZES,
  LOCAL_PATHS,
  EMPTY,
  {
    what: "The step of an artifact, which `wandb sync` never sends",
    where: [/^artifacts > .* > historyStep$/],
  },
];

/** A run that Python's client logged offline, sent by `wandb sync` and by `uploadRun`. */
export const UPLOADED: readonly Difference[] = [
  CLIENT,
  PROGRAM,
  SIZES,
  LOCAL_PATHS,
  EMPTY,
  {
    what: "System metrics, the environment, alerts and definitions of metrics that Python's client noted, which `uploadRun` leaves out",
    where: [/^hasSystemMetrics$/, /_wandb > value > e > /, /wandb-metadata\.json/],
  },
];
