import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PageFiles } from "./page-files.ts";

/** The page, made from its sources: for work on it, where nothing is built. Must do as the build script does. */
export async function readPage(): Promise<PageFiles> {
  const path = (name: string): string => fileURLToPath(new URL(`../page/${name}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [path("main.tsx"), path("main.css")],
    bundle: true,
    format: "esm",
    target: "es2022",
    outdir: "page",
    write: false,
    logLevel: "warning",
  });
  const text = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  return { script: text(".js"), style: text(".css") };
}
