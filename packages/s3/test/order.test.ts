import { type StoreSubject, lateUploads, races } from "@mlog/test-servers/store-faults";
import { describe } from "vitest";
import { s3Store } from "../src/index.ts";
import { type Server, ceph, inProcess, useServer } from "./servers.ts";

describe("S3 in this process", () => {
  runTests(inProcess, true);
});

describe("Ceph", () => {
  // Ceph 16 takes no notice of conditions where an upload in parts is completed.
  runTests(ceph, false);
});

function runTests(start: () => Promise<Server | undefined>, racesInParts: boolean): void {
  const options = useServer(start);
  const subject = (): StoreSubject => ({
    endpoint: options().endpoint!,
    storeAt: (endpoint) => s3Store("s3://mlog/order", { ...options(), endpoint }),
  });
  lateUploads(subject);
  races(subject, racesInParts);
}
