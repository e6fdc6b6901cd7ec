import assert from "node:assert/strict";
import { s3Store } from "@mlog/s3";
import { startHttpFaultProxy } from "@mlog/test-servers/fault-proxy";
import { startS3 } from "@mlog/test-servers/s3";
import { describeEnding, startChild } from "../child.ts";
import type { Input, Output } from "../children/upload-in-outage.ts";
import type { Proof } from "../proof.ts";

/** How long the loop runs, in ms. */
const DURATION = 60_000;
/** Of the process, in bytes. */
const MOST_GROWTH = 32 * 1024 * 1024;
/** Requests in one outage: a few for each of four at a time, then one at a time with pauses that double. */
const MOST_REQUESTS = 24;

/**
 * A store that answers 503, and then one that never answers, while a loop trains on and hands over files: the loop
 * takes no notice, memory stays as it is, the store is left alone, and everything arrives afterwards.
 */
export const uploadsInOutage: Proof = {
  name: "uploads-in-outage",
  async run({ folder, fraction }) {
    const server = await startS3();
    const outages: number[] = [];
    let isFailing = false;
    const proxy = await startHttpFaultProxy(server.endpoint, () => {
      if (!isFailing) return undefined;
      outages.push((outages.pop() ?? 0) + 1);
      return outages.length === 1
        ? { kind: "answer", status: 503, body: "<Error><Code>SlowDown</Code></Error>" }
        : { kind: "silence" };
    });
    const { region, credentials } = server;
    const store = s3Store("s3://mlog", {
      endpoint: proxy.endpoint,
      region,
      credentials,
      conditionalWrites: "always",
    });
    const input: Input = { folder, store, duration: DURATION * fraction };
    const child = startChild("upload-in-outage", input, {
      limit: DURATION * fraction + 150_000,
      onAcknowledgement({ kind }) {
        isFailing = kind === "failing";
        if (isFailing) outages.push(0);
      },
    });
    const ending = await child.ended;
    await proxy.close();
    assert.equal(ending.code, 0, describeEnding(ending));
    const { working, failing, growth, files, versions } = JSON.parse(ending.stdout) as Output;
    const { objects } = server.buckets.get("mlog")!;
    assert.equal(objects.size, files + 1, "every file must arrive, once");
    assert.equal(
      objects.get("latest")!.content.bytes().toString(),
      `${versions}`,
      "the latest must be there",
    );
    await server.close();
    const numbers =
      `${files} files and ${versions} versions of one, all arrived; 99.9 % of the steps took at most ${working.toFixed(2)} ms ` +
      `while the store worked and ${failing.toFixed(2)} ms while it did not, with ${outages.join(" and ")} requests ` +
      `and ${(growth / 2 ** 20).toFixed(1)} MiB more memory`;
    // Other processes may take the processor in either turn.
    assert.ok(failing <= 2 * working + 5, numbers);
    assert.ok(growth <= MOST_GROWTH, numbers);
    assert.ok(Math.max(...outages) <= MOST_REQUESTS, numbers);
    return numbers;
  },
};
