import { type StoreCapabilities, objectStoreContract } from "@mlog/object-store/testing";
import { describe, test } from "vitest";
import { S3ObjectStore } from "../src/store.ts";
import { type Server, ceph, inProcess, useServer } from "./servers.ts";

const PREFIX = "contract/";
const longestName = 1024 - PREFIX.length;

describe("S3 in this process", () => {
  runContract(inProcess, {});
});

describe("Ceph", () => {
  runContract(ceph, { conditionalComplete: false });
});

function runContract(start: () => Promise<Server | undefined>, capabilities: StoreCapabilities): void {
  const options = useServer(start);
  const makeStore = (): S3ObjectStore => new S3ObjectStore(`s3://mlog/${PREFIX}`, options());
  objectStoreContract(test, makeStore, { longestName, ...capabilities });
}
