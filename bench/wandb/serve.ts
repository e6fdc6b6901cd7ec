/** A W&B server in a process of its own, so that its work counts for nobody. Talks by messages. */
import { type Fault, startWandb } from "@mlog/test-servers/wandb";
import { randomSource } from "../harness/random.ts";
import type { Arrived, ServerMood } from "./start-server.ts";

const FAULTS: readonly Fault[] = [false, true].flatMap((after): Fault[] => [
  { kind: "status", status: 500, after },
  { kind: "status", status: 502, after },
  { kind: "status", status: 429, retryAfter: 0.1, after },
  { kind: "reset", after },
]);
const LOST_SHARE = 0.3;

const mood = process.argv[2] as ServerMood;
const server = await startWandb({ pace: { requestsPerSecond: Infinity } });
if (mood === "faulty") {
  server.faults.byChance({ share: LOST_SHARE, faults: FAULTS, on: "file_stream", random: randomSource(1) });
}

process.on("message", (message) => {
  if (message === "go down") {
    server.faults.plan("file_stream", { kind: "status", status: 503 }, Infinity);
    return;
  }
  const [run] = server.runs;
  const steps = run?.rows.map((row) => row["_step"] as number) ?? [];
  const arrived: Arrived = {
    rows: steps.length,
    distinct: new Set(steps).size,
    inOrder: Number(steps.every((step, index) => index === 0 || step > steps[index - 1]!)),
    complete: Number(run?.complete ?? false),
    violations: server.violations.length,
    requests: server.exchanges.length,
  };
  process.send!(arrived);
});
process.on("disconnect", () => process.exit());
process.send!({ baseUrl: server.baseUrl, apiKey: server.apiKey });
