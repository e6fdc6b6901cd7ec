import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { check, within } from "../check.ts";
import type { Rule, Trial } from "../rule.ts";

function ends(name: string, closes: boolean): Rule {
  return {
    group: "processEnd",
    name,
    appliesTo: ({ module }) => module !== undefined,
    check: (trial) => checkEnd(trial, closes),
  };
}

async function checkEnd({ settings }: Trial, closes: boolean): Promise<void> {
  const path = createRequire(import.meta.url).resolve("#run-subject");
  const child = fork(path, [settings.module!.href, closes ? "closes" : "does not close"], { silent: true });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  try {
    // Starting Node.js takes its time; what counts is what comes after `done`.
    await within(60_000, "the process", Promise.race([once(child, "message"), once(child, "close")]));
    if (child.exitCode === null && child.signalCode === null) {
      await within(settings.deadline, "the end of the process", once(child, "close"));
    }
    check(child.exitCode === 0, `the process ended with code ${child.exitCode}:\n${output.slice(-2000)}`);
  } finally {
    child.kill("SIGKILL");
  }
}

export const processEnd: readonly Rule[] = [
  ends("lets the process end by itself once it was closed", true),
  ends("lets the process end by itself when nobody closes it", false),
];
