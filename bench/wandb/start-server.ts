import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** How a server takes requests with rows: all of them, or some. */
export type ServerMood = "well" | "faulty";

/** What a server has of the run. */
export interface Arrived {
  readonly rows: number;
  readonly distinct: number;
  /** 1 if every step is later than the one before. */
  readonly inOrder: number;
  /** 1 if the client has ended the run. */
  readonly complete: number;
  readonly violations: number;
  readonly requests: number;
}

/** A server in another process. */
export interface ServerProcess {
  readonly baseUrl: string;
  readonly apiKey: string;
  arrived(): Promise<Arrived>;
  /** From now on it takes no rows. */
  goDown(): void;
  stop(): void;
}

export async function startServer(mood: ServerMood): Promise<ServerProcess> {
  const child: ChildProcess = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)), [mood], {
    execArgv: ["--conditions=@mlog/source"],
  });
  const [address] = (await once(child, "message")) as [Pick<ServerProcess, "baseUrl" | "apiKey">];
  return {
    ...address,
    async arrived() {
      child.send("arrived?");
      const [arrived] = (await once(child, "message")) as [Arrived];
      return arrived;
    },
    goDown() {
      child.send("go down");
    },
    stop() {
      child.disconnect();
    },
  };
}
