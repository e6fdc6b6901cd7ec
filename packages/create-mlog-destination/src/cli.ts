#!/usr/bin/env node
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cancel, intro, isCancel, outro, text } from "@clack/prompts";
import { AnswerError, type Answers, checkPackageName, namesFrom } from "./answers.ts";
import { scaffold } from "./scaffold.ts";

const USAGE = `npm create mlog-destination [folder] -- [options]

  --name         the name of the package; default: the name of the folder
  --description  one sentence
  --author       who holds the copyright
  --yes          ask nothing, take the defaults
  --help         show this

Asks for what is not given, if there is a terminal to ask at.`;

try {
  await main();
} catch (error) {
  if (!(error instanceof AnswerError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = readFlags();
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const isAsking = !values.yes && process.stdin.isTTY && process.stdout.isTTY;
  const ask = isAsking ? askAtTerminal : (_question: string, initial: string) => Promise.resolve(initial);
  if (isAsking) intro("A destination for mlog");
  const given = positionals[0];
  const folder = given ?? (await ask("Which folder?", values.name ?? "mlog-destination-example"));
  const packageName =
    values.name ?? (await ask("What is the package called?", basename(resolve(folder)), checkPackageName));
  const description =
    values.description ??
    (await ask(
      "What is it, in one sentence?",
      `An mlog destination: ${namesFrom(packageName).destination}.`,
    ));
  const author = values.author ?? (await ask("Who holds the copyright?", "The authors"));
  const answers: Answers = { folder, packageName, description, author };
  const files = await scaffold(answers);
  const next = ["npm install", "npm test", "npm run build"].join("\n  ");
  const summary = `${packageName}: ${files.length} files in ${folder}\n\n  cd ${folder}\n  ${next}\n`;
  if (isAsking) outro(summary);
  else console.log(summary);
}

function readFlags(): {
  values: { name?: string; description?: string; author?: string; yes?: boolean; help?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: "string" },
        description: { type: "string" },
        author: { type: "string" },
        yes: { type: "boolean", short: "y" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new AnswerError("INVALID_ARGUMENT", `${(error as Error).message}\n\n${USAGE}`);
  }
}

async function askAtTerminal(
  message: string,
  initialValue: string,
  check?: (value: string) => string | undefined,
): Promise<string> {
  const answer = await text({
    message,
    initialValue,
    validate: (value) => (value?.trim() ? check?.(value) : "Say something, please."),
  });
  if (!isCancel(answer)) return answer;
  cancel("Nothing was written.");
  process.exit(1);
}
