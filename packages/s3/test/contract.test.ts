import { type StoreCapabilities, objectStoreContract } from "@mlog/object-store/testing";
import { afterAll, beforeAll, beforeEach, describe, test } from "vitest";
import { S3ObjectStore } from "../src/store.ts";
import { type Server, ceph, inProcess } from "./servers.ts";

const PREFIX = "contract/";
const longestName = 1024 - PREFIX.length;

describe("S3 in this process", () => {
  runContract(inProcess, {});
});

describe("Ceph", () => {
  runContract(ceph, { conditionalComplete: false });
});

function runContract(start: () => Promise<Server | undefined>, capabilities: StoreCapabilities): void {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (server === undefined) skip("Ceph is not installed");
  });
  const makeStore = (): S3ObjectStore => new S3ObjectStore(`s3://mlog/${PREFIX}`, server!.options);
  objectStoreContract(test, makeStore, { longestName, ...capabilities });
}
