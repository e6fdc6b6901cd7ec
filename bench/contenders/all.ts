import type { OpenContender } from "./contender.ts";

/** As in the tables. */
export type ContenderName = "nothing" | "floor" | "mlog" | "JSON" | PinoName;

export type PinoName = "pino sync" | "pino worker" | "pino sync nested" | "pino worker nested";

export const PINO: readonly PinoName[] = [
  "pino sync",
  "pino worker",
  "pino sync nested",
  "pino worker nested",
];

/** Loaded one at a time, in the process that measures it. */
export const CONTENDERS: Readonly<Record<ContenderName, () => Promise<{ open: OpenContender }>>> = {
  nothing: () => import("./nothing.ts"),
  floor: () => import("./floor.ts"),
  mlog: () => import("./mlog.ts"),
  "pino sync": () => import("./pino-sync.ts"),
  "pino worker": () => import("./pino-worker.ts"),
  "pino sync nested": () => import("./pino-sync-nested.ts"),
  "pino worker nested": () => import("./pino-worker-nested.ts"),
  JSON: () => import("./json.ts"),
};
