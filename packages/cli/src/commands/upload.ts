import type { Command } from "commander";
import { type CommonOptions, newCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";
import { findJournals, finish } from "../unfinished.ts";

/** `mlog upload`: finishes what killed processes had not uploaded. */
export function uploadCommand(): Command {
  return newCommand("upload", "upload what processes that were killed, or were offline, left behind")
    .argument("[folders...]", "staging folders of uploads, run folders of W&B, or folders that hold such", [
      ".",
    ])
    .option("--dry-run", "only say what would be uploaded")
    .action(async (folders: readonly string[], options: CommonOptions & { readonly dryRun?: true }) => {
      const output = new Output(options.json === true);
      const results = [];
      for (const folder of folders) {
        for await (const journal of findJournals(folder)) {
          output.status(() => journal.path);
          results.push(options.dryRun ? { ...journal, error: null } : await finish(journal));
        }
      }
      const failed = results.filter(({ error }) => error !== null);
      if (output.json) output.data(results);
      else {
        for (const { kind, path, error } of results) {
          const done = options.dryRun ? "to upload" : "uploaded";
          output.line(error === null ? `${done}: ${kind} ${path}` : `failed: ${kind} ${path}: ${error}`);
        }
        if (results.length === 0) output.note(`nothing is left to upload in ${folders.join(", ")}`);
      }
      if (failed.length > 0) process.exitCode = EXIT.failed;
    });
}
