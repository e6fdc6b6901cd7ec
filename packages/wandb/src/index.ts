export type { ExtendedJson } from "./extended-json.ts";
