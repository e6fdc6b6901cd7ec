import * as fs from "node:fs";

/** The functions of `node:fs` through which a journal touches its file; tests replace some of them. */
export type FileFunctions = Pick<
  typeof fs,
  | "mkdirSync"
  | "openSync"
  | "fstatSync"
  | "readSync"
  | "writeSync"
  | "ftruncateSync"
  | "fdatasyncSync"
  | "fsyncSync"
  | "closeSync"
>;

/** The file system itself. */
export const realFiles: FileFunctions = fs;
