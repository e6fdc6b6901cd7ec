import { readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import { isMlogError } from "@mlog/core";
import { Command, CommanderError } from "commander";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { lsCommand } from "./commands/ls.ts";
import { replayCommand } from "./commands/replay.ts";
import { reportCommand } from "./commands/report.ts";
import { showCommand } from "./commands/show.ts";
import { tailCommand } from "./commands/tail.ts";
import { uploadCommand } from "./commands/upload.ts";
import { verifyCommand } from "./commands/verify.ts";
import { viewCommand } from "./commands/view.ts";
import { EXIT, exitCodeOf } from "./exit.ts";
import { printable, safeJson } from "./printable.ts";
import { DEFAULT_ROOT } from "./run-path.ts";
import { versionOf } from "./versions.ts";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed or something wrong was found, 2 wrong usage, 3 no such run,
            4 a package is not installed, 130 interrupted`;

/**
 * Runs `mlog` with its arguments, without those of Node. Results go to stdout, all else to stderr.
 *
 * @returns the exit code, see {@link EXIT}; never rejects
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("mlog")
    .description("Look at training runs, follow, compare, export, replay, upload and verify them.")
    .version(versionOf("@mlog/cli") ?? "unknown")
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText("after", EXIT_CODES)
    .exitOverride();
  const commands = [
    viewCommand,
    reportCommand,
    lsCommand,
    showCommand,
    tailCommand,
    diffCommand,
    exportCommand,
    replayCommand,
    uploadCommand,
    verifyCommand,
    doctorCommand,
  ];
  for (const make of commands) program.addCommand(make().copyInheritedSettings(program));
  completeRuns(tab(program, { completionCommandName: "completion" }));
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return explain(error, args.includes("--json"));
  }
}

/** Where a command takes runs, their names are completed. */
function completeRuns({ commands }: ReturnType<typeof tab>): void {
  for (const command of commands.values()) {
    for (const argument of command.arguments.values()) {
      if (!["run", "runs", "a", "b"].includes(argument.name)) continue;
      argument.handler = (complete) => {
        for (const name of runNames()) complete(printable(name), "");
      };
    }
  }
}

function runNames(): string[] {
  try {
    return readdirSync(DEFAULT_ROOT);
  } catch {
    return [];
  }
}

function explain(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const code = exitCodeOf(error);
  const known = isMlogError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    process.stderr.write(`${safeJson({ error: { code: known ? error.code : "FAILED", message } })}\n`);
  } else {
    process.stderr.write(`mlog: ${printable(message)}\n`);
    for (const each of causesOf(error)) process.stderr.write(`  ${printable(each)}\n`);
  }
  return code;
}

/** What the errors of an aggregate say, each in one line. */
function causesOf(error: unknown): string[] {
  const errors = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  return errors.map((each) => (each instanceof Error ? each.message : String(each)));
}
