import type { Answers } from "./answers.ts";

/** The `package.json` of a new package: core is a peer, so that an application has one core and chooses which. */
export function manifest({ packageName, description, author }: Answers): object {
  return {
    name: packageName,
    version: "0.0.0",
    description,
    keywords: ["mlog", "mlog-destination", "logging", "training"],
    license: "MIT",
    author,
    files: ["dist", "CHANGELOG.md"],
    type: "module",
    sideEffects: false,
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    publishConfig: { access: "public" },
    scripts: {
      build: "tsc -p tsconfig.build.json",
      test: 'node --test "test/*.test.ts"',
      check: "tsc -p tsconfig.json && publint --strict && attw --pack --profile esm-only",
      prepack: "npm run build",
      release: "changeset publish",
    },
    peerDependencies: { "@mlog/core": "^1.0.0" },
    devDependencies: {
      "@arethetypeswrong/cli": "^0.18.5",
      "@changesets/cli": "^3.0.3",
      "@mlog/conformance": "^1.0.0",
      "@mlog/core": "^1.0.0",
      "@types/node": "^24.0.0",
      publint: "^0.3.25",
      typescript: "^7.0.2",
    },
    engines: { node: ">=22.18" },
  };
}
