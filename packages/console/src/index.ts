export { ConsoleLogger } from "./console-logger.ts";
export { ProgressBarLogger } from "./progress-bar-logger.ts";
export type { ConsoleLoggerOptions, ConsoleStream, ProgressBarLoggerOptions } from "./options.ts";
