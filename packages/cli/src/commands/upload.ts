import type { Command } from "commander";
import { type CommonOptions, newCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { Output } from "../output.ts";
import { type Finished, findUnfinished, finish } from "../unfinished.ts";

/** `mlog upload`: finishes what killed processes had not uploaded. */
export function uploadCommand(): Command {
  return newCommand("upload", "upload what processes that were killed, or were offline, left behind")
    .argument("[folders...]", "staging folders of uploads, run folders of W&B, or folders that hold such", [
      ".",
    ])
    .option("--dry-run", "only say what would be uploaded")
    .action(async (folders: readonly string[], options: CommonOptions & { readonly dryRun?: true }) => {
      const output = new Output(options.json === true);
      const results: Finished[] = [];
      for (const folder of folders) {
        for await (const unfinished of findUnfinished(folder)) {
          output.status(() => `uploading ${unfinished.folder}`);
          const result = options.dryRun
            ? { ...unfinished, error: null, text: unfinished.uri ?? "W&B" }
            : await finish(unfinished, (text) => output.note(text));
          results.push(result);
          if (!output.json) output.line(lineOf(result, options.dryRun === true));
        }
      }
      if (output.json) output.data(results);
      else if (results.length === 0) output.note(`nothing is left to upload in ${folders.join(", ")}`);
      if (results.some(({ error }) => error !== null)) process.exitCode = EXIT.failed;
    });
}

function lineOf({ folder, text, error }: Finished, isDryRun: boolean): string {
  if (error !== null) return `failed: ${folder}: ${error}`;
  return `${isDryRun ? "to upload" : "uploaded"}: ${folder}: ${text}`;
}
