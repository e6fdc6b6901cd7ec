/** Keeps @mlog/core small enough for a web page: minified and gzipped, as a bundler would ship all of it. */
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

/**
 * In bytes. The aim is 8000: routing, time, names and metrics take about 7650 today, and reading the tensors of six
 * libraries, pictures, masks and histograms, all of which must happen during the call, the rest. Only ever lower this
 * number; the last 20 bytes are for zlib, which compresses a little differently on other processors.
 */
const BUDGET = 11_040;

const all = await sizeOf("*");
const page = await sizeOf("{ Logger, State }");
console.log(
  `@mlog/core: ${all} bytes minified and gzipped, ${BUDGET} allowed; Logger and State alone ${page}`,
);
if (all > BUDGET) process.exit(1);

/** With the bundler that makes the package itself, and Vite's pages; esbuild's names take 4 % more. */
async function sizeOf(names: string): Promise<number> {
  const code = `export ${names} from "@mlog/core"`;
  const bundle = await rolldown({
    input: "page",
    resolve: { alias: { "@mlog/core": `${import.meta.dirname}/../packages/core/dist/index.js` } },
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? id : null),
        load: (id) => (id === "page" ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true, comments: false });
  await bundle.close();
  return gzipSync(output[0].code, { level: 9 }).byteLength;
}
