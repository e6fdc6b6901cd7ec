import type { Checksums } from "../object-body.ts";

/** A part of a copy, as it will be sent. */
export interface StagedPart {
  /** In bytes. */
  readonly size: number;
  readonly checksums: Checksums;
}

/** What a copy adds up to. */
export interface StagedFile extends StagedPart {
  /** In order; a file that goes in one request has none. */
  readonly parts: readonly StagedPart[];
}

/** Where the copy of a small file is: in a file with others. */
export interface PackPlace {
  /** The name of that file. */
  readonly pack: string;
  /** In bytes. */
  readonly start: number;
}

/** A file that has been copied, and that must arrive. */
export interface StagedUpload extends StagedFile {
  /** Nobody else's: it is the name of the copy, unless that is in a pack, and the object's metadata carry it. */
  readonly id: string;
  readonly place?: PackPlace;
  /** Of the object. */
  readonly name: string;
  readonly overwrite: boolean;
  /** When it was handed over, in ms, and behind which others of that moment: a later one replaces an earlier one. */
  readonly time: number;
  readonly order: number;
}
