import type { Command } from "commander";
import { type CommonOptions, newCommand, wholeNumber } from "../command.ts";
import { untilInterrupted } from "../interrupt.ts";
import { loadPeer } from "../load-peer.ts";
import { Output } from "../output.ts";
import { DEFAULT_ROOT } from "../run-path.ts";

interface ViewOptions extends CommonOptions {
  readonly port: number;
}

/** What of `@mlog/viewer` is used here. */
interface ViewerModule {
  startViewer(options: { folder: string; port: number }): Promise<{
    readonly url: string;
    readonly port: number;
    close(): Promise<void>;
  }>;
}

/** `mlog view`: a page about the runs in a folder. */
export function viewCommand(): Command {
  return newCommand("view", "show the runs in a folder on a local web page")
    .argument("[folder]", "where the runs are", DEFAULT_ROOT)
    .option("-p, --port <port>", "0 lets the system pick one", wholeNumber(0), 0)
    .action(async (folder: string, options: ViewOptions) => {
      const output = new Output(options.json === true);
      const { startViewer } = await loadPeer<ViewerModule>("@mlog/viewer", "mlog view");
      const viewer = await startViewer({ folder, port: options.port });
      if (output.json) output.data({ url: viewer.url, port: viewer.port });
      else {
        output.line(viewer.url);
        output.note("Open this page in a browser. Ctrl-C ends it.");
        if (process.env["SSH_CONNECTION"] !== undefined) {
          const { port } = viewer;
          output.note(
            `From another machine: ssh -L ${port}:127.0.0.1:${port} this-host, then open the page there.`,
          );
        }
      }
      await untilInterrupted();
      await viewer.close();
    });
}
