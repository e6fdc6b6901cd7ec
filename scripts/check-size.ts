/** Keeps @mlog/core small enough for a web page: minified and gzipped, as a bundler would ship all of it. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * In bytes. The aim is 8000: routing, time, names and metrics take about 8200 today, and reading the tensors of six
 * libraries, pictures, masks and histograms, all of which must happen during the call, the rest. Only ever lower this
 * number.
 */
const BUDGET = 11_670;

const core = "./packages/core/dist/index.js";
const all = await sizeOf(`export * from ${JSON.stringify(core)}`);
const page = await sizeOf(`export { Logger, State } from ${JSON.stringify(core)}`);
console.log(
  `@mlog/core: ${all} bytes minified and gzipped, ${BUDGET} allowed; Logger and State alone ${page}`,
);
if (all > BUDGET) process.exit(1);

async function sizeOf(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
}
