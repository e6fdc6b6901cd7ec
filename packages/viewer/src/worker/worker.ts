import { parentPort } from "node:worker_threads";
import { LogIndexes } from "./log-indexes.ts";
import { type Answer, type Call, END } from "./requests.ts";

const indexes = new LogIndexes();
const port = parentPort!;

port.on("message", (message: Call | typeof END) => {
  if (message === END) return port.close();
  const { id, name, args } = message;
  let answer: Answer;
  try {
    const call = indexes[name] as (...given: readonly unknown[]) => unknown;
    answer = { id, result: call.apply(indexes, args as unknown[]) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});
