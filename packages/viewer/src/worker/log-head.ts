import type { LoggedRecord } from "@mlog/file";
import type { LogSummary, Problem } from "../protocol.ts";

/** Hyperparameters beyond this many bytes of JSON are not kept: every list of runs would carry them. */
const MAX_HYPERPARAMETER_BYTES = 64 * 1024;
const MAX_PROBLEMS = 20;

type State = Omit<LogSummary, "metrics" | "entries" | "bytes">;

/** What is known of a log but for its series: who wrote it, how far it is, how it ended, what was wrong. */
export class LogHead {
  #state: State;
  readonly #file: string;

  constructor(file: string, rank: number, state?: State) {
    this.#file = file;
    this.#state = state ?? {
      rank,
      run: null,
      status: "open",
      error: null,
      started: null,
      updated: null,
      sessions: 0,
      step: 0,
      epoch: 0,
      maxDuration: null,
      hyperparameters: {},
      versions: {},
      dropped: 0,
      problems: [],
      problemCount: 0,
    };
  }

  get state(): State {
    return this.#state;
  }

  see(record: LoggedRecord, byte: number): void {
    const state = this.#state;
    this.#set({
      started: Math.min(state.started ?? record.time, record.time),
      updated: Math.max(state.updated ?? record.time, record.time),
      step: Math.max(state.step, record.step),
      epoch: Math.max(state.epoch, record.epoch),
    });
    switch (record.type) {
      case "start":
        this.#set({
          run: record.run,
          rank: record.rank,
          status: "open",
          error: null,
          sessions: state.sessions + 1,
          maxDuration: record.maxDuration,
          versions: small(record.versions) ?? {},
        });
        break;
      case "hyperparameters": {
        const merged = small({ ...state.hyperparameters, ...record.hyperparameters });
        if (merged !== undefined) this.#set({ hyperparameters: merged });
        else this.problem(byte, `its hyperparameters have more than ${MAX_HYPERPARAMETER_BYTES / 1024} KiB`);
        break;
      }
      case "dropped":
        this.#set({ dropped: state.dropped + Math.max(0, record.to - record.from + 1) });
        break;
      case "end":
        this.#set({
          status: record.error === null ? "ended" : "failed",
          error:
            record.error === null ? null : `${record.error.name}: ${record.error.message}`.slice(0, 1000),
        });
        break;
      default:
    }
  }

  problem(byte: number, reason: string): void {
    const { problems, problemCount } = this.#state;
    const problem: Problem = { file: this.#file, byte, reason: reason.slice(0, 300) };
    this.#set({
      problems: problems.length < MAX_PROBLEMS ? [...problems, problem] : problems,
      problemCount: problemCount + 1,
    });
  }

  #set(change: Partial<State>): void {
    Object.assign(this.#state, change);
  }
}

function small<T extends object>(value: T): T | undefined {
  return Buffer.byteLength(JSON.stringify(value)) <= MAX_HYPERPARAMETER_BYTES ? value : undefined;
}
