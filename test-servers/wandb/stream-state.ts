/** What is known of the requests of one run's file_stream. */
export interface StreamState {
  inFlight: number;
  /** When the last requests arrived, in ms. */
  arrivals: number[];
  /** A request that failed and must come again. */
  retry?: { readonly text: string; readonly notBefore: number } | undefined;
  /** The status after which nothing may come. */
  fatal?: number | undefined;
  /** After a fatal status of the metric limit, one request with nothing but the end. */
  mayComplete?: boolean | undefined;
  /** The request that completed the run, if its answer was lost. */
  lostCompletion?: string | undefined;
}
