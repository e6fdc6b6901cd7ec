export { decodeImage, decodeMask } from "./decode-image.ts";
export type { EncodedImage } from "./encoded-image.ts";
export {
  type ContactSheetOptions,
  type EncoderStats,
  ImageEncoder,
  type ImageEncoderOptions,
  type OverlayOptions,
  type UseImage,
} from "./image-encoder.ts";
export { type Colour, palette } from "./palette.ts";
export { type EncodeOptions, readSettings, type FormatSettings, type Settings } from "./settings.ts";
export { sharedEncoder } from "./shared-encoder.ts";
