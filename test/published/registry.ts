import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run.ts";

/** A registry of npm on loopback: our packages are published to it, all others come from the registry that npm uses. */
export class Registry {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(tools: string): Promise<Registry> {
    const folder = await mkdtemp(join(tmpdir(), "mlog-registry-"));
    const upstream = (await run(folder, "npm", ["config", "get", "registry"])).trim();
    const ours = { access: "$all", publish: "$all" };
    const config = {
      storage: join(folder, "storage"),
      auth: { htpasswd: { file: join(folder, "htpasswd") } },
      uplinks: { upstream: { url: upstream, timeout: "60s" } },
      packages: {
        "@mlog/*": ours,
        "create-mlog-destination": ours,
        "mlog-destination-*": ours,
        "**": { access: "$all", proxy: "upstream" },
      },
      log: { type: "stdout", format: "pretty", level: "error" },
      max_body_size: "100mb",
    };
    const path = join(folder, "config.yaml");
    // JSON is YAML.
    await writeFile(path, JSON.stringify(config));
    const child = fork(join(import.meta.dirname, "serve-registry.cjs"), [tools, path], { silent: true });
    let said = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (data: Buffer) => (said += data.toString()));
    const ended = once(child, "close").then(([code]) => {
      throw new Error(`the registry ended with ${code}: ${said}`);
    });
    ended.catch(() => undefined);
    const [port] = (await Promise.race([once(child, "message"), ended])) as [number];
    const url = `http://127.0.0.1:${port}/`;
    const npmrc = `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\ncache=${join(folder, "cache")}\naudit=false\nfund=false\nupdate-notifier=false\n`;
    await writeFile(join(folder, "npmrc"), npmrc);
    return new Registry(url, child, folder);
  }

  /** npm, as on the machine of a user whose registry this is. */
  npm(cwd: string, ...args: string[]): Promise<string> {
    return run(cwd, "npm", args, { npm_config_userconfig: join(this.#folder, "npmrc") });
  }

  /** Publishes a package under another version than its tarball has; `change` gets the folder of what it holds. */
  async release(tarball: string, version: string, change?: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(this.#folder, "release-"));
    await run(folder, "tar", ["-xzf", tarball, "--strip-components=1"]);
    await setVersion(folder, version);
    await change?.(folder);
    await this.npm(folder, "publish", "--provenance=false");
  }

  /** An empty folder with a `package.json`, as a user begins with. */
  async project(name: string): Promise<string> {
    const folder = join(this.#folder, "projects", name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), `{ "name": "${name}", "private": true, "type": "module" }`);
    return folder;
  }

  /** An empty folder outside of any project. */
  async folder(name: string): Promise<string> {
    const folder = join(this.#folder, "folders", name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill();
    await closed;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Gives the package in a folder another version. */
export async function setVersion(folder: string, version: string): Promise<void> {
  const path = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...manifest, version }));
}
