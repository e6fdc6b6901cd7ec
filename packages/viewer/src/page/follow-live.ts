import type { Api } from "./api.ts";
import * as state from "./state.ts";

/** How long to wait before the connection is tried again, in ms; doubled each time. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Keeps the page up to date until the server says that this page may not. */
export async function followLive(api: Api, isFinal: (error: unknown) => boolean): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      await api.live((message) => {
        pause = FIRST_PAUSE;
        state.trouble.value = "";
        state.take(message);
      }, new AbortController().signal);
      if (api.isReport) return;
      state.trouble.value = "disconnected";
    } catch (error) {
      if (isFinal(error)) {
        state.trouble.value = "The viewer was started anew: open the address that it printed.";
        return;
      }
      state.trouble.value = "disconnected";
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
