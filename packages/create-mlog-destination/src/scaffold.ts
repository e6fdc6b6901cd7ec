import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { AnswerError, type Answers, checkPackageName, type Names, namesFrom } from "./answers.ts";
import { manifest } from "./manifest.ts";

/** npm neither packs nor keeps some files under their own names, so that those begin with `_` here. */
const TEMPLATE = join(import.meta.dirname, "../src/template");

/**
 * Writes a new package.
 *
 * @returns the files that it has, relative to its folder
 * @throws AnswerError `INVALID_NAME`, `FOLDER_NOT_EMPTY`
 */
export async function scaffold(answers: Answers): Promise<readonly string[]> {
  const wrong = checkPackageName(answers.packageName);
  if (wrong !== undefined) throw new AnswerError("INVALID_NAME", wrong);
  await mkdir(answers.folder, { recursive: true });
  const there = (await readdir(answers.folder)).filter((name) => name !== ".git");
  if (there.length > 0) {
    throw new AnswerError(
      "FOLDER_NOT_EMPTY",
      `${answers.folder} has files in it (${there.slice(0, 3).join(", ")}): name a new folder or an empty one`,
    );
  }
  const names = namesFrom(answers.packageName);
  const written: string[] = [];
  const write = async (path: string, text: string): Promise<void> => {
    const target = join(answers.folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    written.push(path);
  };
  await write("package.json", `${JSON.stringify(manifest(answers), null, 2)}\n`);
  for (const path of await templateFiles()) {
    const text = await readFile(join(TEMPLATE, path), "utf8");
    const name = path.replaceAll(/(^|\/)_/g, "$1.").replace("example", names.destination);
    await write(name, fill(text, answers, names));
  }
  return written.toSorted();
}

async function templateFiles(): Promise<string[]> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TEMPLATE, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** The template is a working destination called "example": its names are what changes. */
function fill(text: string, answers: Answers, { destination, className }: Names): string {
  return text
    .replaceAll("mlog-destination-example", answers.packageName)
    .replaceAll("ExampleLogger", className)
    .replaceAll("The description of the package.", answers.description)
    .replaceAll("The holder of the copyright", answers.author)
    .replaceAll("The year", String(new Date().getFullYear()))
    .replaceAll(/\bexample(?=["./-])/g, destination);
}
