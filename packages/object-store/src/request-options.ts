/** How one request is made. */
export interface RequestOptions {
  /** Ends the request; the method then rejects with the reason of the signal, and soon. */
  readonly signal?: AbortSignal;
}

/** What an object carries besides its bytes. */
export interface ObjectAttributes {
  /** Such as `"application/jsonl"`. Default: the store's. */
  readonly contentType?: string;
  /** Keys are lower-case letters and digits, beginning with a letter; values are printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** On what condition an object is made, decided by the store in one step. Default: what is there is replaced. */
export interface PutConditions {
  /** Only if there is none of that name; else `OBJECT_EXISTS`. */
  readonly ifNoneMatch?: "*";
  /** Only in place of the object of this `version`; else, also if there is none, `OBJECT_CHANGED`. */
  readonly ifVersion?: string;
}

/** How an object is made. At most one of the conditions is given. */
export interface PutOptions extends ObjectAttributes, PutConditions, RequestOptions {}

/** How an object is read. */
export interface GetOptions extends RequestOptions {
  /** Only the bytes `start` to `end - 1`; an `end` behind the last byte means the last byte. Default: all. */
  readonly range?: { readonly start: number; readonly end: number };
  /** Only if the object still has this `version`; else `OBJECT_CHANGED`. */
  readonly ifVersion?: string;
}
