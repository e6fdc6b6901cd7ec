/** A W&B server on this machine, for runs of this machine, until it is stopped: nothing is kept. */
import { startWandb } from "@mlog/test-servers/wandb";

const server = await startWandb({ port: Number(process.env["PORT"] ?? 0) });
console.log(`Runs show up at ${server.baseUrl}/ when they are logged with

  export WANDB_BASE_URL=${server.baseUrl} WANDB_API_KEY=${server.apiKey}
`);
