import { randomUUID } from "node:crypto";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { configuration, type Places } from "./configuration.ts";

export interface CephServer {
  /** Of the S3 gateway. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  close(): Promise<void>;
}

const run = promisify(execFile);
const PROGRAMS = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool", "ceph-authtool"];
/** Another process may take a free port before Ceph does. */
const ATTEMPTS = 3;

/** Whether Debian's packages ceph-mon, ceph-osd, ceph-common and radosgw are here. */
export async function isCephInstalled(): Promise<boolean> {
  try {
    await Promise.all(PROGRAMS.map((program) => run("which", [program])));
    return true;
  } catch {
    return false;
  }
}

/** A Ceph of one monitor and one store in memory, and its S3 gateway, on loopback, with an empty cluster. */
export async function startCeph(): Promise<CephServer> {
  const errors: unknown[] = [];
  while (errors.length < ATTEMPTS) {
    try {
      return await startCluster();
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, `Ceph did not start: ${String(errors[0])}`);
}

async function startCluster(): Promise<CephServer> {
  const folder = await mkdtemp(join(tmpdir(), "mlog-ceph-"));
  const [monitorPort, gatewayPort] = await Promise.all([freePort(), freePort()]);
  const cluster = new Cluster({ folder, monitorPort, gatewayPort, id: randomUUID() });
  try {
    const credentials = await cluster.start();
    const close = (): Promise<void> => cluster.stop();
    return { endpoint: `http://127.0.0.1:${gatewayPort}`, region: "default", credentials, close };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class Cluster {
  readonly #places: Places;
  readonly #children: ChildProcess[] = [];
  readonly #kill = (): void => {
    for (const child of this.#children) child.kill("SIGKILL");
  };

  constructor(places: Places) {
    this.#places = places;
    // A test that dies takes the servers with it.
    process.on("exit", this.#kill);
  }

  /** @returns the credentials of the gateway's user */
  async start(): Promise<CephServer["credentials"]> {
    const { folder, monitorPort, id } = this.#places;
    const keyring = join(folder, "keyring");
    const map = join(folder, "monmap");
    await Promise.all(["mon", "osd", "run", "log", "rgw"].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, "ceph.conf"), configuration(this.#places));
    await run("monmaptool", ["--create", "--fsid", id, "--addv", "a", `[v2:127.0.0.1:${monitorPort}]`, map]);
    const caps: Readonly<Record<string, readonly string[]>> = {
      "mon.": ["mon", "allow *"],
      "client.admin": ["mon", "allow *", "osd", "allow *"],
      "osd.0": ["mon", "allow profile osd", "osd", "allow *"],
      "client.rgw.a": ["mon", "allow rw", "osd", "allow rwx"],
    };
    for (const [index, [name, allowed]] of Object.entries(caps).entries()) {
      const pairs = allowed.flatMap((word, i) => (i % 2 === 0 ? ["--cap", word] : [word]));
      const create = index === 0 ? ["--create-keyring"] : [];
      await run("ceph-authtool", [keyring, ...create, "--gen-key", "-n", name, ...pairs]);
    }
    await this.#run("ceph-mon", "-i", "a", "--mkfs", "--monmap", map, "--keyring", keyring);
    this.#spawn("ceph-mon", "-i", "a");
    const osd = randomUUID();
    await this.#run("ceph", "osd", "new", osd);
    await writeFile(join(folder, "osd", "type"), "memstore\n");
    await this.#run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
    this.#spawn("ceph-osd", "-i", "0");
    const credentials = { accessKeyId: "mlogaccess", secretAccessKey: "mlogsecret" };
    const { accessKeyId, secretAccessKey } = credentials;
    const user = ["--uid=mlog", "--display-name=mlog", `--access-key=${accessKeyId}`];
    const admin = ["-n", "client.rgw.a", "--keyring", keyring];
    await this.#run("radosgw-admin", ...admin, "user", "create", ...user, `--secret-key=${secretAccessKey}`);
    const gateway = this.#spawn("radosgw", ...admin);
    await this.#answers(gateway);
    return credentials;
  }

  async stop(): Promise<void> {
    process.off("exit", this.#kill);
    const running = this.#children.filter((child) => child.exitCode === null && child.signalCode === null);
    const exits = running.map((child) => once(child, "exit"));
    this.#kill();
    await Promise.all(exits);
    await rm(this.#places.folder, { recursive: true, force: true });
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    await run(program, ["--conf", join(this.#places.folder, "ceph.conf"), ...args], { timeout: 60_000 });
  }

  #spawn(program: string, ...args: string[]): ChildProcess {
    const conf = join(this.#places.folder, "ceph.conf");
    const child = spawn(program, ["--conf", conf, ...args, "-f"], { stdio: "ignore" });
    this.#children.push(child);
    return child;
  }

  /** The gateway says nowhere that it listens: its answer tells. */
  async #answers(gateway: ChildProcess): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline && gateway.exitCode === null) {
      const response = await fetch(`http://127.0.0.1:${this.#places.gatewayPort}/`).catch(() => undefined);
      if (response?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const log = await readFile(join(this.#places.folder, "log", "client.rgw.a.log"), "utf8").catch(String);
    throw new Error(`the gateway does not answer: ${log.slice(-2000)}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
