import { expect } from "vitest";
import { put } from "./client.ts";
import { chunkedPut, placeFor } from "./requests.ts";
import type { Wrong } from "./wrong.ts";

/** What breaks the rules of run files, one at a time. */
export const WRONG_FILES: readonly Wrong[] = [
  ["U1", "a name that leaves the folder", (world) => world.client.createFiles(["a/../../b"])],
  ["U1", "an absolute name", (world) => world.client.createFiles(["/a"])],
  ["U1", "a name twice", (world) => world.client.createFiles(["a", "a"])],
  [
    "U1",
    "a second URL while the first is not used",
    async (world) => {
      await world.client.createFiles(["a"]);
      await world.client.createFiles(["a"]);
    },
  ],
  [
    "U1",
    "the same content again",
    async (world) => {
      await world.client.sendFiles({ a: Buffer.from("a") });
      await world.client.sendFiles({ a: Buffer.from("a") });
    },
  ],
  [
    "U2",
    "a header left out",
    async (world) => {
      const { url } = await placeFor(world.client, "a");
      await put(url, Buffer.from("a"), []);
    },
  ],
  [
    "U2",
    "a chunked body",
    async (world) => {
      const { url, headers } = await placeFor(world.client, "a");
      await chunkedPut(url, headers);
    },
  ],
  [
    "U3",
    "a URL that has expired",
    async (world) => {
      const { url, headers } = await placeFor(world.client, "a");
      world.server.faults.plan("PUT", { kind: "expired" });
      expect(await put(url, Buffer.from("a"), headers)).toBe(403);
      await put(url, Buffer.from("a"), headers);
    },
  ],
  [
    "U3",
    "a URL twice",
    async (world) => {
      const { url, headers } = await placeFor(world.client, "a");
      await put(url, Buffer.from("a"), headers);
      await put(url, Buffer.from("a"), headers);
    },
  ],
];
