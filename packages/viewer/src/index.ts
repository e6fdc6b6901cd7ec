export type { ViewerOptions } from "./server/options.ts";
export { startViewer, type Viewer } from "./server/start-viewer.ts";
export type { ReadableStore } from "./server/store-source.ts";
export { type Report, type ReportOptions, writeReport } from "./server/write-report.ts";
