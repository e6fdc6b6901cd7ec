import { printEnd, printHeading, printTable, printTargets, type Target } from "../harness/report.ts";
import type { Case } from "../harness/measure.ts";
import { type Options, readOptions } from "../harness/options.ts";
import { interleave } from "../harness/rounds.ts";
import { casesOf } from "../log-metrics/cases.ts";
import type { ClientName } from "./clients.ts";
import type { Parameters } from "./measure-client.ts";

const CLIENTS: readonly ClientName[] = ["mlog W&B", "@wandb/sdk"];
const options = readOptions();
const parts = { arrival, cost, memory };

for (const [name, run] of Object.entries(parts)) {
  if (options.only.length === 0 || options.only.includes(name)) printTargets(await run(options));
}
printEnd();

async function arrival({ quick, folder, rounds = quick ? 1 : 3 }: Options): Promise<Target[]> {
  const count = quick ? 20_000 : 100_000;
  printHeading(
    `What arrives of ${count} rows`,
    `100 rows every 10 ms, then close. Of the requests with rows, 30 % are answered with 500, 502 or 429, or the
connection is reset; in half of these cases after the server has taken them. "close" is how long that took, at most 60 s;
"complete" is 1 if the server was told that the run has ended. A violation is a request that breaks W&B's protocol.`,
  );
  const found = await interleave(casesFor("arrival", count, folder), rounds);
  printTable(
    ["arrived", "lost", "twice", "in order", "complete", "close s", "requests", "violations"],
    CLIENTS.map((name) => ({
      name,
      cells: [
        "arrived",
        "lost",
        "twice",
        "inOrder",
        "complete",
        "closeSeconds",
        "requests",
        "violations",
      ].map((figure) => found.of(name, figure)),
    })),
  );
  const of = (figure: string): number[] => found.of("mlog W&B", figure);
  return [
    { what: "rows lost by mlog", values: of("lost"), atMost: 0 },
    { what: "rows of mlog that arrived twice", values: of("twice"), atMost: 0 },
    { what: "rows of mlog are in order", values: of("inOrder"), atLeast: 1 },
    { what: "violations by mlog", values: of("violations"), atMost: 0 },
  ];
}

async function cost({ quick, folder, rounds = quick ? 3 : 7 }: Options): Promise<Target[]> {
  const count = quick ? 60 : 130;
  printHeading(
    "What logMetrics of 4 metrics costs: ns per call on the calling thread",
    `Bursts of 64 calls with 8 ms of idle event loop between, as in log-metrics, to a server that takes everything. "mlog" is
the file destination. The SDK does its work later, on the same thread.`,
  );
  const others = ["floor", "mlog", "pino worker"] as const;
  const found = await interleave(
    [...casesOf(others, { mode: "bursts", metrics: 4, count, folder }), ...casesFor("bursts", count, folder)],
    rounds,
  );
  printTable(
    ["ns", "p75", "x floor"],
    [...others, ...CLIENTS].map((name) => ({
      name,
      cells: [found.of(name, "ns"), found.of(name, "p75"), found.ratio(name, "floor", "ns")],
    })),
  );
  return [{ what: "burst: mlog W&B / floor", values: found.ratio("mlog W&B", "floor", "ns"), atMost: 5 }];
}

async function memory({ quick, folder, rounds = quick ? 1 : 3 }: Options): Promise<Target[]> {
  const count = quick ? 100_000 : 500_000;
  printHeading(
    "Memory while the server is down",
    `30 000 rows of 4 metrics to a server that is well, 100 every 10 ms, then ${count} more, and every request with rows is
answered with 503. Resident memory beyond that when the server went down: its peak, and what is left a second after the last
row. "start" is what a run takes that was begun a second ago and has logged nothing: threads and modules. "nothing" is the
loop alone.`,
  );
  const clients = ["nothing", ...CLIENTS] as const;
  const found = await interleave(casesFor("memory", count, folder, clients), rounds);
  printTable(
    ["start MiB", "peak MiB", "left MiB"],
    clients.map((name) => ({
      name,
      cells: ["startMiB", "peakMiB", "keptMiB"].map((figure) => found.of(name, figure)),
    })),
  );
  return [{ what: "peak of mlog, MiB", values: found.of("mlog W&B", "peakMiB"), atMost: 32 }];
}

function casesFor(
  mode: Parameters["mode"],
  count: number,
  folder: string,
  clients: readonly ClientName[] = CLIENTS,
): Case[] {
  return clients.map((client) => ({
    name: client,
    program: new URL("./measure-client.ts", import.meta.url),
    parameters: { client, mode, count, folder } satisfies Parameters,
  }));
}
