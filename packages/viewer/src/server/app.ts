import { Hono } from "hono";
import { sameMachineOnly, secureAnswers, tokenOnly } from "./guard.ts";
import type { PageFiles } from "./page-files.ts";
import { apiRoutes } from "./routes.ts";
import type { RunLibrary } from "./run-library.ts";
import type { Watch } from "./watch.ts";

const SHELL = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>mlog</title>
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>This page draws charts with JavaScript, which is switched off.</noscript>
  </body>
</html>
`;

/** The page, which holds nothing secret, and behind the token what it shows. */
export function createApp(library: RunLibrary, watch: Watch, page: PageFiles, token: string): Hono {
  const app = new Hono();
  app.use(secureAnswers(), sameMachineOnly());
  app.get("/", (context) => context.html(SHELL));
  app.get("/favicon.ico", (context) => context.body(null, 204));
  app.get("/page.js", (context) => context.body(page.script, 200, { "content-type": "text/javascript" }));
  app.get("/page.css", (context) => context.body(page.style, 200, { "content-type": "text/css" }));
  app.use("/api/*", tokenOnly(token));
  app.route("/api", apiRoutes(library, watch));
  app.notFound((context) => context.json({ code: "NOT_FOUND", message: "There is nothing here." }, 404));
  return app;
}
