export type { TensorboardLoggerOptions } from "./options.ts";
export { TensorboardLogger } from "./tensorboard-logger.ts";
