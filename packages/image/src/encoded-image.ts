/** A picture or a mask as the content of a file. */
export interface EncodedImage {
  readonly format: "png" | "webp";
  /** The file. Shared by all who asked for it: not to be written to. */
  readonly data: Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Of what was encoded: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. A mask has one, the class id. */
  readonly channels: number;
  /** Of `data`, in hexadecimal. */
  readonly sha256: string;
}
