/**
 * Makes `dist` of the package in the working directory, after the compiler has put its declarations into `.types`: its
 * code as one module without comments and white space, whose functions and classes keep their names, and the
 * declarations that lead from its entry. For the packages that are downloaded by everybody and run in pages.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

rmSync("dist", { recursive: true, force: true });
const bundle = await rolldown({ input: "src/index.ts", external: /^@mlog\//, platform: "neutral" });
await bundle.write({
  file: "dist/index.js",
  format: "esm",
  comments: false,
  minify: { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: true } },
});
await bundle.close();
const copied = new Set<string>();
copyDeclaration("index.d.ts");

function copyDeclaration(file: string): void {
  if (copied.has(file)) return;
  copied.add(file);
  mkdirSync(dirname(join("dist", file)), { recursive: true });
  copyFileSync(join(".types", file), join("dist", file));
  for (const [, target] of readFileSync(join(".types", file), "utf8").matchAll(
    /(?:from |import\()"(\.[^"]+)\.[jt]s"/g,
  )) {
    copyDeclaration(join(dirname(file), `${target}.d.ts`));
  }
}
