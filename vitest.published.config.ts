import type { ViteUserConfig } from "vitest/config";
import everyday from "./vitest.config.ts";

/** What only published packages show: takes minutes, and the registry that npm uses. */
const config: ViteUserConfig = {
  test: {
    ...everyday.test,
    include: ["test/{release,compatibility}/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    execArgv: [],
    globalSetup: ["./test/published/setup.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: [
      "default",
      ["json", { outputFile: "test/.cache/report-published.json" }],
      "./test/setup/left-out-reporter.ts",
      "./test/setup/stuck-reporter.ts",
    ],
  },
};

export default config;
