import { type StoreSubject, lateUploads, races } from "@mlog/test-servers/store-faults";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { s3Store } from "../src/index.ts";
import { type Server, ceph, inProcess } from "./servers.ts";

describe("S3 in this process", () => {
  runTests(inProcess, true);
});

describe("Ceph", () => {
  // Ceph 16 takes no notice of conditions where an upload in parts is completed.
  runTests(ceph, false);
});

function runTests(start: () => Promise<Server | undefined>, racesInParts: boolean): void {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (server === undefined) skip("Ceph is not installed");
  });
  const subject = (): StoreSubject => ({
    endpoint: server!.options.endpoint!,
    storeAt: (endpoint) => s3Store("s3://mlog/order", { ...server!.options, endpoint }),
  });
  lateUploads(subject);
  races(subject, racesInParts);
}
