import type { ViteUserConfig } from "vitest/config";

// One seed for every property test of a run: printed at its end, given back by SEED=... to repeat it.
process.env["SEED"] ??= String(Math.trunc(Math.random() * 2 ** 31));

const config: ViteUserConfig = {
  ssr: { resolve: { conditions: ["@mlog/source", "node", "import", "module", "default"] } },
  test: {
    // Workers and child processes that a test starts shall find the sources too.
    execArgv: ["--conditions=@mlog/source"],
    maxWorkers: "100%",
    // A limit against hanging, not a measure of speed: the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["./test/setup/seed.ts"],
    reporters: [
      "default",
      ["json", { outputFile: "test/.cache/report.json" }],
      "./test/setup/left-out-reporter.ts",
    ],
    projects: [
      {
        extends: true,
        test: { name: "packages", include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "repository",
          include: ["test/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
};

export default config;
