import { lateUploads } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { s3Store } from "../src/index.ts";
import { type Server, ceph, inProcess } from "./servers.ts";

describe("S3 in this process", () => {
  runTests(inProcess);
});

describe("Ceph", () => {
  runTests(ceph);
});

function runTests(start: () => Promise<Server | undefined>): void {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (server === undefined) skip("Ceph is not installed");
  });
  lateUploads(() => ({
    endpoint: server!.options.endpoint!,
    storeAt: (endpoint) => s3Store("s3://mlog/late", { ...server!.options, endpoint }),
  }));
}
