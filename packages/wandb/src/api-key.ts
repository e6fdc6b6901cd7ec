import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MlogError } from "@mlog/core";

/**
 * The key for a server: as given, else `WANDB_API_KEY`, else the password for its host in `~/.netrc`.
 *
 * @throws MlogError `WANDB_NO_API_KEY`
 */
export function findApiKey(given: string | undefined, baseUrl: string, env: NodeJS.ProcessEnv): string {
  const { host } = new URL(baseUrl);
  const key = given ?? (env["WANDB_API_KEY"] || undefined) ?? passwordIn(readNetrc(env), host);
  if (key === undefined) {
    throw new MlogError(
      "WANDB_NO_API_KEY",
      `W&B needs an API key: set apiKey or WANDB_API_KEY, or put one for ${host} into ~/.netrc; or set mode to "offline"`,
    );
  }
  // Neither is part of any key, but of what was copied with it.
  if (/\s/.test(key)) {
    throw new MlogError("WANDB_NO_API_KEY", "the API key has a space or a line break in it: copy it anew");
  }
  return key;
}

function readNetrc(env: NodeJS.ProcessEnv): string {
  try {
    return readFileSync(env["NETRC"] || join(env["HOME"] || homedir(), ".netrc"), "utf8");
  } catch {
    return "";
  }
}

/** The password of `machine <host>`. */
function passwordIn(netrc: string, host: string): string | undefined {
  const tokens = netrc.split(/\s+/);
  let machine: string | undefined;
  for (let i = 0; i + 1 < tokens.length; i++) {
    if (tokens[i] === "machine") machine = tokens[++i];
    else if (tokens[i] === "default") machine = undefined;
    else if (tokens[i] === "password" && machine === host) return tokens[i + 1];
  }
  return undefined;
}
