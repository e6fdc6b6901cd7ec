import { readFile } from "node:fs/promises";
import type { PageFiles } from "./page-files.ts";

/** The page as the package ships it. */
export async function readPage(): Promise<PageFiles> {
  const [script, style] = await Promise.all(
    ["main.js", "main.css"].map((name) => readFile(new URL(`../page/${name}`, import.meta.url), "utf8")),
  );
  return { script: script!, style: style! };
}
