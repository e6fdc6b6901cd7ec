/**
 * Plain data: what is left of any value once it is copied so that nobody can change it any more.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Names with plain, deeply frozen values. */
export type PlainRecord = Readonly<Record<string, PlainValue>>;
