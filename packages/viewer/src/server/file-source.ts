/** A file that is there to be read. */
export interface SourceFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Unix ms. */
  readonly modified: number;
  /** Changes when another file takes the place of this one. */
  readonly identity: string;
}

/** Where runs are: a folder, or a store of objects. It is only ever read. */
export interface FileSource {
  /** What tells it from all others, without secrets: what is indexed of it is kept under this. */
  readonly id: string;
  /** As people know it. */
  readonly label: string;
  /** How long a look at everything may be old, in ms: looking costs more in a store. */
  readonly maxAge: number;
  /** The logs: files that end with `.jsonl`. What cannot be read goes to `refuse`. */
  logs(refuse: (path: string, reason: string) => void): Promise<SourceFile[]>;
  /** All files below a path, at most `limit`. */
  files(folder: string, limit: number): Promise<SourceFile[]>;
  /**
   * The bytes of a file from `start` to before `end`; fewer if it ends before.
   *
   * @throws MlogError `FILE_NOT_FOUND`, also for what is outside
   */
  read(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}
