/**
 * Ends a run of CI: `node scripts/summary.ts REPORT.json... [FAILED-STEP...]`. Prints what failed, what the tests left out
 * without leave and, in its last line, `N passed, N failed`.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

interface Result {
  ancestorTitles: string[];
  title: string;
  status: string;
}

/** What is read of the report of `vitest --reporter=json`. */
interface Report {
  success: boolean;
  testResults: { name: string; status: string; assertionResults: Result[] }[];
}

const paths = process.argv.slice(2).filter((argument) => argument.endsWith(".json"));
const failedSteps = process.argv.slice(2).filter((argument) => !argument.endsWith(".json"));
const reports = paths.map((path) =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : undefined,
);
const files = reports
  .flatMap((report) => report?.testResults ?? [])
  .map((file) => ({ ...file, name: relative("", file.name) }));
const tests = files.flatMap((file) =>
  file.assertionResults.map(({ ancestorTitles, title, status }) => ({
    name: [file.name, ...ancestorTitles, title].join(" > "),
    status,
  })),
);
const passed = tests.filter((test) => test.status === "passed");
const failed = tests.filter((test) => test.status === "failed");
const mayBeLeftOut = new Set(readFileSync("test/may-be-left-out.txt", "utf8").split("\n"));

const failures = [
  ...failed.map((test) => `Failed: ${test.name}`),
  // A file that does not load fails without failing a test.
  ...files
    .filter(
      (file) => file.status === "failed" && !failed.some((test) => test.name.startsWith(`${file.name} > `)),
    )
    .map((file) => `Failed: ${file.name}`),
  ...tests
    .filter((test) => !passed.includes(test) && !failed.includes(test) && !mayBeLeftOut.has(test.name))
    .map((test) => `Left out: ${test.name}`),
];
// The steps that ran the tests count only if their reports do not say what failed.
for (const step of failedSteps) {
  if (!step.startsWith("pnpm test") || failures.length === 0) failures.push(`Failed step: ${step}`);
}
for (const [index, report] of reports.entries()) {
  if (report === undefined) failures.push(`Failed: the test run of ${paths[index]} left no report`);
  else if (!report.success && failures.length === 0) failures.push("Failed: a test run, outside of any test");
}

for (const failure of failures) console.log(failure);
console.log(`${passed.length} passed, ${failures.length} failed`);
if (failures.length > 0) process.exit(1);
