import type { ViteUserConfig } from "vitest/config";

// One seed for every property test of a run: printed at its end, given back by SEED=... to repeat it.
process.env["SEED"] ??= String(Math.trunc(Math.random() * 2 ** 31));

const config: ViteUserConfig = {
  ssr: { resolve: { conditions: ["@mlog/source", "node"] } },
  test: {
    include: ["{packages,examples}/*/test/**/*.test.ts", "{test,test-servers}/**/*.test.ts"],
    // Those have a run of their own: vitest.published.config.ts.
    exclude: ["**/node_modules/**", "test/{release,compatibility}/**"],
    execArgv: [
      // Workers and child processes that a test starts shall find the sources too.
      "--conditions=@mlog/source",
      // Node strips types with WebAssembly, in every thread anew. After 1000 calls out of it, V8 compiles them, and frees what it
      // compiled for threads that are gone; once in thousands of times it does not know that memory and aborts the process.
      "--wasm-wrapper-tiering-budget=1000000000",
    ],
    maxWorkers: "100%",
    // Tests wait for events, and a busy machine brings them late: only what hangs shall fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ["./test/setup/seed.ts"],
    reporters: [
      "default",
      ["json", { outputFile: "test/.cache/report.json" }],
      "./test/setup/left-out-reporter.ts",
      "./test/setup/stuck-reporter.ts",
    ],
  },
};

export default config;
