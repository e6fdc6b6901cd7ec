import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { generate } from "selfsigned";

export interface AzureServer {
  /** Of the blob service of the account, such as `http://127.0.0.1:4711/devstoreaccount1`. */
  readonly endpoint: string;
  readonly accountName: string;
  /** The key that Azurite documents for its only account: no secret. */
  readonly accountKey: string;
  readonly connectionString: string;
  /** What a client must trust, in PEM; undefined without TLS. */
  readonly certificate: string | undefined;
  close(): Promise<void>;
}

const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** How Azurite is started. */
export interface AzureOptions {
  /** Take the tokens of Microsoft Entra ID too, unsigned even; with TLS, which Azurite demands for that. */
  readonly tokens?: boolean;
}

/** Microsoft's Azurite in a process of its own, on loopback, with everything in memory. */
export async function startAzure({ tokens = false }: AzureOptions = {}): Promise<AzureServer> {
  const main = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const folder = await mkdtemp(join(tmpdir(), "mlog-azurite-"));
  const options = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck"];
  // Seconds. By default it closes connections after 5, and a busy machine sends a request on one at that moment.
  options.push("--blobKeepAliveTimeout", "600");
  const certificate = tokens ? await makeCertificate(folder) : undefined;
  if (tokens) options.push("--oauth", "basic", "--cert", CERTIFICATE, "--key", PRIVATE_KEY);
  const child = spawn(process.execPath, [main, "--blobHost", "127.0.0.1", "--blobPort", "0", ...options], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  // A test that dies takes the server with it.
  const kill = (): unknown => child.kill("SIGKILL");
  process.on("exit", kill);
  const address = await listening(child.stdout);
  const endpoint = `${address}/${ACCOUNT}`;
  const protocol = tokens ? "https" : "http";
  return {
    endpoint,
    accountName: ACCOUNT,
    accountKey: KEY,
    connectionString: `DefaultEndpointsProtocol=${protocol};AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${endpoint};`,
    certificate,
    async close() {
      process.off("exit", kill);
      kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const CERTIFICATE = "certificate.pem";
const PRIVATE_KEY = "key.pem";

/** For loopback, signed by nobody. */
async function makeCertificate(folder: string): Promise<string> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  await writeFile(join(folder, CERTIFICATE), cert);
  await writeFile(join(folder, PRIVATE_KEY), key);
  return cert;
}

/** What Azurite prints when it is ready; then reads on, so that it never waits for a full pipe. */
async function listening(output: Readable): Promise<string> {
  let text = "";
  output.setEncoding("utf8");
  for await (const chunk of output.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    text += chunk;
    const address = /successfully listens on (https?:\/\/\S+)/.exec(text)?.[1];
    if (address === undefined) continue;
    output.resume();
    return address;
  }
  throw new Error(`Azurite did not start: ${text}`);
}
