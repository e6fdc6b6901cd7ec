import type { Command } from "commander";
import { type CommonOptions, newCommand } from "../command.ts";
import { type Finding, inspect } from "../diagnosis.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";

/** `mlog doctor`: what is installed, configured and reachable. */
export function doctorCommand(): Command {
  return newCommand(
    "doctor",
    "check the environment: packages, credentials (without showing them), servers, disk",
  )
    .option("--offline", "ask no servers")
    .action(async (options: CommonOptions & { readonly offline?: true }) => {
      const output = new Output(options.json === true);
      const findings: Finding[] = [];
      for await (const finding of inspect(options.offline !== true)) {
        findings.push(finding);
        if (!output.json) output.line(`${MARKS[finding.state]} ${finding.about}: ${finding.text}`);
      }
      if (output.json) output.data(findings);
      if (findings.some(({ state }) => state === "bad")) process.exitCode = EXIT.failed;
    });
}

const MARKS: Readonly<Record<Finding["state"], string>> = { good: "ok  ", none: "-   ", bad: "BAD " };
