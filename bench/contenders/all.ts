import type { OpenContender } from "./contender.ts";

/** As in the tables. */
export type ContenderName = "nothing" | "floor" | "mlog" | "pino sync" | "pino flat" | "pino worker" | "JSON";

/** Loaded one at a time, in the process that measures it. */
export const CONTENDERS: Readonly<Record<ContenderName, () => Promise<{ open: OpenContender }>>> = {
  nothing: () => import("./nothing.ts"),
  floor: () => import("./floor.ts"),
  mlog: () => import("./mlog.ts"),
  "pino sync": () => import("./pino-sync.ts"),
  "pino flat": () => import("./pino-flat.ts"),
  "pino worker": () => import("./pino-worker.ts"),
  JSON: () => import("./json.ts"),
};
