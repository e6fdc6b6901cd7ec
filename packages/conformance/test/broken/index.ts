export * from "./ending.ts";
export * from "./neighbours.ts";
export * from "./promises.ts";
export * from "./records.ts";
export * from "./stamps.ts";
