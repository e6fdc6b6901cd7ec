import { parentPort, workerData } from "node:worker_threads";
import { machineClock } from "./engine/clock.ts";
import type { Engine } from "./engine/engine.ts";
import { type Call, type Message, type ThreadStart, toSent } from "./engine/protocol.ts";
import { UploadEngine } from "./engine/upload-engine.ts";
import { openStore } from "./store-module.ts";

const port = parentPort!;
const { store, settings } = workerData as ThreadStart;
const signals = new Map<number, AbortController>();
let engine: Promise<Engine> | undefined;

let unsaid: Message[] = [];

/** What is said in one turn of the event loop goes together: a message of its own for each costs both threads. */
function say(message: Message): void {
  if (unsaid.push(message) > 1) return;
  setImmediate(() => {
    port.postMessage(unsaid);
    unsaid = [];
  });
}

async function makeEngine(): Promise<Engine> {
  return new UploadEngine(
    await openStore(store),
    settings,
    {
      staged: (key) => say({ kind: "staged", key }),
      uploaded: (key, object) => say({ kind: "uploaded", key, object }),
      failed: (key, error, wasStaged) => say({ kind: "failed", key, error: toSent(error), wasStaged }),
      report: (error) => say({ kind: "report", error: toSent(error) }),
      progress: (progress) => say({ kind: "progress", progress }),
    },
    machineClock,
  );
}

async function answer(call: Exclude<Call, { kind: "upload" | "abort" }>): Promise<unknown> {
  const { signal } = signals.get(call.call)!;
  const made = await (engine ??= makeEngine());
  switch (call.kind) {
    case "open":
      return made.open();
    case "check":
      return made.check();
    case "flush":
      return made.flush();
    case "drain":
      return made.drain(signal);
    case "close":
      return made.close();
    case "download": {
      const onProgress = (bytes: number, total: number): void =>
        say({ kind: "downloaded", call: call.call, bytes, total });
      return made.download(call.order, onProgress, signal);
    }
    case "list":
      return made.list(call.prefix, call.next);
    case "uri":
      return made.uri(call.name);
    case "endList":
      return made.endList(call.next);
  }
}

async function hear(call: Call): Promise<void> {
  if (call.kind === "abort") {
    signals.get(call.call)?.abort();
  } else if (call.kind === "upload") {
    const { order } = call;
    // A store that cannot be made is told by the answer to "open"; this is for each order.
    await (engine ??= makeEngine()).then(
      (made) => made.upload(order),
      (error: unknown) => say({ kind: "failed", key: order.key, error: toSent(error), wasStaged: false }),
    );
  } else {
    signals.set(call.call, new AbortController());
    try {
      say({ kind: "answer", call: call.call, value: await answer(call) });
    } catch (error) {
      say({ kind: "refusal", call: call.call, error: toSent(error) });
    }
    signals.delete(call.call);
    if (call.kind === "close") end();
  }
}

/** Nobody asks any more, nor waits for what is under way: the thread ends once the store has let go of it. */
function end(): void {
  for (const controller of signals.values()) controller.abort();
  // After what has been said.
  setImmediate(() => port.close());
}

port.on("message", (call: Call) => void hear(call));
