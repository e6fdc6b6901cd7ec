/** How one numeric row becomes one line of JSON. Plain data, so that it can cross to a worker. */
export interface RowLayout {
  /**
   * The text in front of each field of the row, in order: with `['{"seq":', ',"time":']` the fields
   * `[17, 5]` become `{"seq":17,"time":5`. Fields are finite numbers.
   */
  readonly fields: readonly string[];
  /** The text between the last field and the first name, such as `,"metrics":{`. */
  readonly open: string;
  /** The text after the last value, such as `}}\n`: it ends the line. */
  readonly close: string;
  /** NaN and the infinities: as JSON strings, or as the bare words that Python's `json` reads. */
  readonly nonFinite: "quoted" | "bare";
}

/** What became of what a {@link RecordWriter} was handed. */
export interface WriterStats {
  /** Records accepted. */
  readonly appended: number;
  /** Records written to the file (not necessarily synced). */
  readonly written: number;
  /** Records refused because the buffer was full. */
  readonly refused: number;
  /** The size of the file up to the last whole record written, in bytes. */
  readonly bytes: number;
}

/**
 * An append-only file of records. Appending never waits for the disk (but in the synchronous
 * implementation, where the caller chose so) and never throws because the disk failed.
 */
export interface RecordWriter {
  /**
   * Appends one numeric row, encoded as the {@link RowLayout} says. Everything is copied before it
   * returns.
   * @returns false if the buffer is full; the row is then not taken, and `stats().refused` counts it
   */
  appendRow(fields: Float64Array, names: readonly string[], values: Float64Array): boolean;
  /**
   * Appends one record that is encoded already: text that ends its own line, or bytes of any format, which are
   * copied before it returns. Returns as {@link appendRow}.
   */
  append(record: string | Uint8Array): boolean;
  /**
   * Resolves when every record accepted before the call is written and synced to the disk; rejects
   * with the code `WRITE_FAILED` if that cannot be done now (it is tried again later all the same).
   */
  flush(): Promise<void>;
  /** Writes and syncs what was accepted, closes the file and releases the worker. Idempotent. */
  close(): Promise<void>;
  stats(): WriterStats;
}
