export { ExampleLogger, type ExampleLoggerOptions } from "./example-logger.ts";
