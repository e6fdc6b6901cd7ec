import { render } from "preact";
import { RECORDED_ID, type Recorded } from "../recorded.ts";
import { type Api, ApiError, serverApi } from "./api.ts";
import { App } from "./app.tsx";
import { followLive } from "./follow-live.ts";
import { recordedApi } from "./recorded-api.ts";
import * as state from "./state.ts";
import { takeToken } from "./token.ts";

const root = document.getElementById("app")!;
const api = openApi();
if (api === undefined) {
  render(
    <main class="alone">
      <h1>mlog</h1>
      <p>
        This page needs the whole address that was printed when the viewer started, with what follows the #.
      </p>
    </main>,
    root,
  );
} else {
  state.followAddress();
  render(<App api={api} />, root);
  void followLive(api, (error) => error instanceof ApiError && error.status === 401);
}

function openApi(): Api | undefined {
  const recorded = document.getElementById(RECORDED_ID)?.textContent;
  if (recorded !== undefined && recorded !== null) return recordedApi(JSON.parse(recorded) as Recorded);
  const token = takeToken();
  return token === undefined ? undefined : serverApi(token);
}
