/** Keeps @mlog/core small enough for a web page: minified and gzipped, as a bundler would ship all of it. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * In bytes. The aim is 8000: routing, time, names and metrics take about 8000 today, and reading the tensors of six
 * libraries, pictures, masks and histograms, all of which must happen during the call, the rest. Only ever lower this
 * number.
 */
const budget = 11_600;

const { outputFiles } = await build({
  entryPoints: ["packages/core/dist/index.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  write: false,
});
const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
console.log(`@mlog/core: ${size} bytes minified and gzipped, ${budget} allowed`);
if (size > budget) process.exit(1);
