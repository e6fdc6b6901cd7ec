import { render } from "preact";
import { ApiError, serverApi } from "./api.ts";
import { App } from "./app.tsx";
import { followLive } from "./follow-live.ts";
import * as state from "./state.ts";
import { takeToken } from "./token.ts";

const token = takeToken();
const root = document.getElementById("app")!;
if (token === undefined) {
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
  const api = serverApi(token);
  state.followAddress();
  render(<App api={api} />, root);
  void followLive(api, (error) => error instanceof ApiError && error.status === 401);
}
