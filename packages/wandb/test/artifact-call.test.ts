import { Timestamp } from "@mlog/core";
import { expect, test } from "vitest";
import { artifactOf, duration } from "../src/artifact-call.ts";

test("a file becomes the artifact that Composer makes of it", () => {
  const timestamp = new Timestamp({ epoch: 2, batch: 40, batchInEpoch: 8, totalWct: 12_500 });
  const request = { remoteFileName: "run 1/checkpoints/ep2.pt", filePath: "/tmp/latest.pt", overwrite: true };
  const artifact = artifactOf(request, { step: 40, time: 0, timestamp }, "/run/staged/latest.pt");
  expect(artifact).toMatchObject({
    name: "run.1.checkpoints.ep2.pt",
    type: "model",
    aliases: ["latest", "ep2-ba40"],
    entries: [{ path: "latest.pt", sourcePath: "/run/staged/latest.pt" }],
  });
  const metadata = JSON.parse(artifact.metadata!) as object;
  expect(Object.keys(metadata).length).toBe(14);
  expect(metadata).toMatchObject({
    "timestamp/epoch": 2,
    "timestamp/batch_in_epoch": 8,
    "timestamp/total_wct": "0:00:12.500000",
  });
});

test.each([
  ["metrics.txt", "txt"],
  ["weights.pt", "model"],
  ["README", "README"],
])("the type of %s is %s", (remoteFileName, type) => {
  const stamp = { step: 0, time: 0, timestamp: new Timestamp() };
  expect(artifactOf({ remoteFileName, filePath: "/x", overwrite: false }, stamp, "/y").type).toBe(type);
});

test.each([
  [0, "0:00:00"],
  [12_500, "0:00:12.500000"],
  [3_723_004, "1:02:03.004000"],
  [86_400_000, "1 day, 0:00:00"],
  [2 * 86_400_000 + 61_000, "2 days, 0:01:01"],
])("%i ms are printed as Python does: %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
