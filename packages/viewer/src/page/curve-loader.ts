import type { Axis, Curve } from "../protocol.ts";
import type { Api } from "./api.ts";

/** Buckets per curve that a chart has over all its width; more than it has pixels. */
const POINTS = 1200;
/** A curve that grew to so many points is fetched anew, in buckets. */
const MAX_POINTS = 4 * POINTS;
/** How long a chart that is being moved waits before it asks for more, in ms. */
const PAUSE = 60;

/** What is asked for: which runs, over what. */
export interface CurveWish {
  readonly metric: string;
  readonly runs: readonly string[];
  readonly axis: Axis;
}

/** What is seen of the axis. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Fetches what a chart shows: everything from afar, and the part that is looked at in detail. */
export class CurveLoader {
  readonly #api: Api;
  readonly #changed: (error?: unknown) => void;
  #wish: CurveWish | undefined;
  #overview: readonly Curve[] = [];
  #detail: { view: View; curves: readonly Curve[] } | undefined;
  #aborts: Record<"overview" | "detail", AbortController | undefined> = {
    overview: undefined,
    detail: undefined,
  };
  /** {@link #wish} as a text, to tell another one by. */
  #key = "";
  #isLoading = false;
  /** Whether there is more than what is being fetched. */
  #isStale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, changed: (error?: unknown) => void) {
    this.#api = api;
    this.#changed = changed;
  }

  /** Everything, from afar. */
  get overview(): readonly Curve[] {
    return this.#overview;
  }

  /** Fetches everything of what is wished for; what is known of it already stays. */
  async load(wish: CurveWish): Promise<void> {
    const key = JSON.stringify(wish);
    const isSame = key === this.#key;
    if (isSame && this.#isLoading) {
      // A run that is written to faster than its curves arrive shall not keep them from ever arriving.
      this.#isStale = true;
      return;
    }
    this.#wish = wish;
    this.#key = key;
    if (!isSame) this.#detail = undefined;
    this.#isLoading = true;
    let known = isSame ? this.#overview : [];
    do {
      this.#isStale = false;
      const fetched = await this.#fetchOverview(wish, known);
      if (key !== this.#key) return;
      if (fetched === undefined) continue;
      this.#overview = known = fetched;
      this.#changed();
    } while (this.#isStale);
    this.#isLoading = false;
  }

  /** Asks for the part that is looked at, and some more at both sides, once it has been looked at for a moment. */
  look(view: View): void {
    clearTimeout(this.#timer);
    if (this.#overview.every((curve) => curve.size === 1)) return;
    const detail = this.#detail;
    const width = view.to - view.from;
    const isCovered =
      detail !== undefined &&
      detail.view.from <= view.from - width / 4 &&
      detail.view.to >= view.to + width / 4 &&
      detail.view.to - detail.view.from <= width * 4;
    if (!isCovered) this.#timer = setTimeout(() => void this.#loadDetail(view), PAUSE);
  }

  /** The curves to draw: those in detail, if they are there and reach as far as is looked. */
  curvesIn(view: View): readonly Curve[] {
    const detail = this.#detail;
    const isCovered = detail !== undefined && detail.view.from <= view.from && detail.view.to >= view.to;
    return isCovered ? detail.curves : this.#overview;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#aborts.overview?.abort();
    this.#aborts.detail?.abort();
  }

  /** @param all what is known of these curves: of those that are short only what is new is asked for */
  async #fetchOverview(wish: CurveWish, all: readonly Curve[]): Promise<readonly Curve[] | undefined> {
    const known = new Map(all.map((curve) => [curve.run, curve]));
    const curves = wish.runs.map((run) => {
      const curve = known.get(run);
      const isWhole = curve?.size === 1 && curve.step.length < MAX_POINTS;
      return { run, metric: wish.metric, ...(isWhole ? { after: curve.total } : {}) };
    });
    const fetched = await this.#fetch("overview", { curves, axis: wish.axis, points: POINTS });
    return fetched?.map((curve) => (curve.append ? appended(known.get(curve.run)!, curve) : curve));
  }

  async #loadDetail({ from, to }: View): Promise<void> {
    const wish = this.#wish!;
    const width = to - from;
    const view = { from: from - width, to: to + width };
    const curves = wish.runs.map((run) => ({ run, metric: wish.metric }));
    const fetched = await this.#fetch("detail", { curves, axis: wish.axis, ...view, points: 3 * POINTS });
    if (fetched === undefined || wish !== this.#wish) return;
    this.#detail = { view, curves: fetched };
    this.#changed();
  }

  /** @returns undefined if another request took its place, or it failed */
  async #fetch(
    what: "overview" | "detail",
    request: Parameters<Api["curves"]>[0],
  ): Promise<Curve[] | undefined> {
    this.#aborts[what]?.abort();
    const abort = new AbortController();
    this.#aborts[what] = abort;
    try {
      return await this.#api.curves(request, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#changed(error);
      return undefined;
    }
  }
}

const COLUMNS = ["step", "time", "epoch", "min", "max", "mean"] as const;

function appended(before: Curve, more: Curve): Curve {
  const joined = { ...more, append: false };
  for (const name of COLUMNS) {
    const column = new Float64Array(before[name].length + more[name].length);
    column.set(before[name]);
    column.set(more[name], before[name].length);
    joined[name] = column;
  }
  return joined;
}
