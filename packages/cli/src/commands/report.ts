import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { newRunCommand, type RunOptions } from "../command.ts";
import { loadPeer } from "../load-peer.ts";
import { Output } from "../output.ts";
import { findRun } from "../run-path.ts";
import { bytesText } from "../value-text.ts";

interface ReportOptions extends RunOptions {
  readonly output?: string;
  readonly force?: true;
}

/** What of `@mlog/viewer` is used here. */
interface ViewerModule {
  writeReport(
    run: string,
    path: string,
    options: { overwrite: boolean },
  ): Promise<{ readonly path: string; readonly bytes: number; readonly warnings: readonly string[] }>;
}

/** `mlog report`: a run as one page that needs nothing else. */
export function reportCommand(): Command {
  return newRunCommand("report", "write a run as one self-contained HTML file")
    .argument("<run>", "a run folder, a log, or the name of a run")
    .option("-o, --output <file>", "default: the name of the run and .html")
    .option("--force", "replace a file that is there")
    .action(async (named: string, options: ReportOptions) => {
      const output = new Output(options.json === true);
      const { writeReport } = await loadPeer<ViewerModule>("@mlog/viewer", "mlog report");
      const path = await findRun(named, options.root);
      const target = options.output ?? `${basename(resolve(path))}.html`;
      const { bytes, warnings } = await writeReport(path, target, { overwrite: options.force === true });
      if (output.json) return output.data({ path: target, bytes, warnings });
      for (const warning of warnings) output.note(`warning: ${warning}`);
      output.line(`${target} (${bytesText(bytes)})`);
    });
}
