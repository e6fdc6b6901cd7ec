import type { Connection } from "../client/connection.ts";
import type { RunStart } from "../run-settings.ts";
import { sendConfig } from "./start-run.ts";

/** What a {@link ConfigSender} needs. */
export interface ConfigSenderOptions {
  readonly connection: Connection;
  readonly runId: string;
  readonly start: RunStart;
  /** How long changes wait for others, in ms. */
  readonly delay: number;
  readonly signal: AbortSignal;
  /** The whole config as it is now. */
  print(): string;
  onFailed(error: unknown): void;
  onIdle(): void;
}

/** Sends the config after it has changed, once for changes that come together. */
export class ConfigSender {
  readonly #options: ConfigSenderOptions;
  #timer: NodeJS.Timeout | undefined;
  #changed = false;
  #sending = false;

  constructor(options: ConfigSenderOptions) {
    this.#options = options;
  }

  /** Whether a change is not sent yet. */
  get pending(): boolean {
    return this.#changed || this.#sending;
  }

  changed(): void {
    this.#changed = true;
    this.#timer ??= setTimeout(() => this.flush(), this.#options.delay);
  }

  /** Sends a change that waits now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#changed && !this.#sending) void this.#send();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#changed = false;
  }

  async #send(): Promise<void> {
    const { connection, runId, start, signal, print, onFailed, onIdle } = this.#options;
    this.#sending = true;
    this.#changed = false;
    try {
      await sendConfig(connection, runId, start, print(), signal);
    } catch (error) {
      onFailed(error);
    }
    this.#sending = false;
    onIdle();
  }
}
