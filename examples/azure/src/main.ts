/**
 * A run whose log goes to Azure Blob Storage, and comes back.
 *
 *     pnpm --filter @mlog-examples/azure start
 *
 * needs no account: it brings Azurite. To use a real container, name it, with what `az login` left or with a connection
 * string:
 *
 *     AZURE_URI=https://account.blob.core.windows.net/container/mlog pnpm --filter @mlog-examples/azure start
 *     AZURE_URI=azure://container/mlog AZURE_STORAGE_CONNECTION_STRING=... pnpm --filter @mlog-examples/azure start
 */
import { BlobServiceClient } from "@azure/storage-blob";
import { AzureBlobLogger } from "@mlog/azure";
import { Logger, State } from "@mlog/core";
import { FileLogger, readRun } from "@mlog/file";
import { type AzureServer, startAzure } from "@mlog/test-servers/azure";

const { AZURE_URI } = process.env;
const server = AZURE_URI === undefined ? await startWithContainer("demo") : undefined;
const open = (): AzureBlobLogger =>
  server === undefined
    ? new AzureBlobLogger(AZURE_URI!)
    : new AzureBlobLogger("azure://demo/mlog", { connectionString: server.connectionString });

const state = new State();
const logger = new Logger(state, [new FileLogger(), open()]);
for (let batch = 0; batch < 100; batch++) {
  logger.logMetrics({ "loss/train": 1 / (1 + batch) });
  state.nextBatch({ samples: 32 });
}
for (const { destination, delivered, pending } of await logger.close()) {
  console.log(`${destination}: ${delivered} delivered, ${pending} pending`);
}

// Somebody else, somewhere else.
const reader = new Logger(new State(), open());
for await (const { name, size, uri } of reader.listFiles(`run=${state.runName}/`)) {
  console.log(`${size} bytes ${uri}`);
  await reader.downloadFile(name, `downloaded/${name}`);
}
await reader.close();
await server?.close();

let records = 0;
for await (const record of readRun(`downloaded/run=${state.runName}/rank=0`)) {
  if (record.type === "metrics") records++;
}
console.log(`${records} records of metrics came back`);

async function startWithContainer(name: string): Promise<AzureServer> {
  const azurite = await startAzure();
  await BlobServiceClient.fromConnectionString(azurite.connectionString).createContainer(name);
  return azurite;
}
