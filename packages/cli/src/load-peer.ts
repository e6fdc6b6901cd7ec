import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlogError } from "@mlog/core";

/**
 * Loads a package that not every user of `mlog` needs: beside this one, else from the working directory, so that a
 * globally installed `mlog` finds what a project has.
 *
 * @throws MlogError `PACKAGE_MISSING`, saying what to install; what the package itself throws
 */
export async function loadPeer<Module>(name: string, purpose: string): Promise<Module> {
  let where = name;
  if (!isResolvable(name)) {
    try {
      where = pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name)).href;
    } catch (cause) {
      throw new MlogError(
        "PACKAGE_MISSING",
        `${purpose} needs ${name}, which is not installed: npm install ${name}`,
        {
          cause,
        },
      );
    }
  }
  return (await import(where)) as Module;
}

function isResolvable(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
