export type { Timing } from "./client/timing.ts";
export type { Caption, CaptionedPicture } from "./media/captions.ts";
export type { WandBLoggerOptions } from "./options.ts";
export { uploadRun, type UploadedRun, type UploadRunOptions } from "./upload-run.ts";
export { WandBLogger, type WandBRun } from "./wandb-logger.ts";
