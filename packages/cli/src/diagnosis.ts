import { constants, existsSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { isMlogError, readRanks } from "@mlog/core";
import { DEFAULT_ROOT } from "./run-path.ts";
import { bytesText } from "./value-text.ts";
import { versionOf } from "./versions.ts";

/** One thing that was looked at. `none`: not there, and not needed unless it is used. */
export interface Finding {
  readonly about: string;
  readonly state: "good" | "none" | "bad";
  readonly text: string;
}

const OLDEST_NODE = [22, 12] as const;
const PACKAGES = [
  "core",
  "file",
  "memory",
  "console",
  "tensorboard",
  "wandb",
  "object-store",
  "s3",
  "azure",
  "image",
  "viewer",
];
/** Less free space than this is worth a word. */
const LOW_DISK = 2 ** 30;
/** For a server to answer, in milliseconds. */
const PATIENCE = 5000;

/** Looks at everything, one after the other. Never shows a credential, only where there is one. */
export async function* inspect(online: boolean): AsyncGenerator<Finding, void, void> {
  yield node();
  for (const name of PACKAGES) yield installed(`@mlog/${name}`);
  yield ranks();
  yield disk(await statfs("."));
  yield await writable();
  const credentials = findCredentials();
  for (const { about, found } of credentials) {
    yield {
      about,
      state: found === undefined ? "none" : "good",
      text: found ?? "no credentials in the environment",
    };
  }
  if (!online) return;
  for (const { about, found, server } of credentials) {
    if (found !== undefined && server !== undefined) yield await reach(about, server);
  }
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const text = `${process.version}, ${process.platform} ${process.arch}`;
  return isOld
    ? { about: "Node", state: "bad", text: `${text}: mlog needs ${OLDEST_NODE.join(".")} or later` }
    : { about: "Node", state: "good", text };
}

function installed(name: string): Finding {
  const version = versionOf(name);
  return version === undefined
    ? { about: name, state: "none", text: `not installed; npm install ${name} if you need it` }
    : { about: name, state: "good", text: version };
}

function ranks(): Finding {
  try {
    const { rank, worldSize, localRank } = readRanks();
    return { about: "ranks", state: "good", text: `rank ${rank} of ${worldSize}, local rank ${localRank}` };
  } catch (error) {
    return { about: "ranks", state: "bad", text: isMlogError(error) ? error.message : String(error) };
  }
}

function disk({ bavail, bsize }: { readonly bavail: number; readonly bsize: number }): Finding {
  const free = bavail * bsize;
  return { about: "disk", state: free < LOW_DISK ? "bad" : "good", text: `${bytesText(free)} free here` };
}

async function writable(): Promise<Finding> {
  const folder = existsSync(DEFAULT_ROOT) ? DEFAULT_ROOT : ".";
  try {
    await access(folder, constants.W_OK);
    return { about: "runs", state: "good", text: `${folder} can be written to` };
  } catch {
    return { about: "runs", state: "bad", text: `${folder} cannot be written to: choose another root` };
  }
}

interface Credentials {
  readonly about: string;
  /** Where they are; undefined if there are none. */
  readonly found: string | undefined;
  /** Who takes them. */
  readonly server: string | undefined;
}

function findCredentials(): Credentials[] {
  const { env } = process;
  const awsFile = env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(homedir(), ".aws", "credentials");
  const netrc = env["NETRC"] ?? join(homedir(), ".netrc");
  const account = /AccountName=([a-z0-9]+)/.exec(env["AZURE_STORAGE_CONNECTION_STRING"] ?? "")?.[1];
  return [
    {
      about: "W&B",
      found: set("WANDB_API_KEY") ?? (existsSync(netrc) ? `${netrc} may hold some` : undefined),
      server: env["WANDB_BASE_URL"] || "https://api.wandb.ai",
    },
    {
      about: "S3",
      found: set("AWS_ACCESS_KEY_ID") ?? set("AWS_PROFILE") ?? (existsSync(awsFile) ? awsFile : undefined),
      server:
        env["S3_ENDPOINT_URL"] ||
        env["AWS_ENDPOINT_URL_S3"] ||
        env["AWS_ENDPOINT_URL"] ||
        "https://s3.amazonaws.com",
    },
    {
      about: "Azure",
      found: set("AZURE_STORAGE_CONNECTION_STRING") ?? set("AZURE_CLIENT_ID"),
      server: account === undefined ? undefined : `https://${account}.blob.core.windows.net`,
    },
  ];
}

function set(variable: string): string | undefined {
  return process.env[variable] ? `${variable} is set` : undefined;
}

/** Any answer of HTTP will do: who may do what is for the destination to find out. */
async function reach(about: string, server: string): Promise<Finding> {
  if (!URL.canParse(server)) return { about, state: "bad", text: "the URL of the server is none" };
  const url = new URL(server);
  // A URL may hold a password, which belongs into no message.
  url.username = url.password = url.search = "";
  const name = url.host;
  try {
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { about, state: "good", text: `${name} answers (${response.status})` };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason =
      cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : message;
    return { about, state: "bad", text: `${name} does not answer: ${reason}` };
  }
}
