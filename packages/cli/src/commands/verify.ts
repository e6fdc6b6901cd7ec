import type { Command } from "commander";
import { newRunCommand, type RunOptions } from "../command.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";
import { findRun } from "../run-path.ts";
import { verifyRun } from "../verify-run.ts";

/** `mlog verify`: whether a run is whole. */
export function verifyCommand(): Command {
  return newRunCommand("verify", "check the lines, pictures and segments of a run")
    .argument("<run>", "a run folder, a log, or the name of a run")
    .option("--no-media", "leave out the files of pictures")
    .action(async (named: string, options: RunOptions & { readonly media: boolean }) => {
      const output = new Output(options.json === true);
      const path = await findRun(named, options.root);
      const result = await verifyRun(path, options.media, output);
      if (output.json) output.data(result);
      else {
        for (const problem of result.problems) output.line(`problem: ${problem}`);
        if (result.more > 0) output.line(`... and ${result.more} more`);
        for (const note of result.notes) output.note(`note: ${note}`);
        const { records, pictures } = result;
        const verdict = result.ok ? "whole" : `${result.problems.length + result.more} problems`;
        output.line(`${verdict}: ${records} records, ${pictures} files of pictures`);
      }
      if (!result.ok) process.exitCode = EXIT.failed;
    });
}
