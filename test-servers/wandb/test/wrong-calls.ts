import { row } from "./client.ts";
import { historyOf, LINES, placeFor } from "./requests.ts";
import { put } from "./client.ts";
import type { Wrong } from "./wrong.ts";

/** What breaks the rules of GraphQL, credentials and resuming, one at a time. */
export const WRONG_CALLS: readonly Wrong[] = [
  ["A1", "no Authorization", (world) => world.client.stream({}, { authorization: "" })],
  [
    "A1",
    "a token of another kind",
    (world) => world.client.post("/graphql", { query: "{ viewer { id } }" }, { authorization: "Bearer x" }),
  ],
  [
    "A2",
    "credentials for a signed URL",
    async (world) => {
      const { url, headers } = await placeFor(world.client, "a");
      await put(url, Buffer.from("a"), headers, { authorization: "Basic YXBpOng=" });
    },
  ],
  [
    "A2",
    "a cookie for a signed URL",
    async (world) => {
      const { url, headers } = await placeFor(world.client, "a");
      await put(url, Buffer.from("a"), headers, { cookie: "a=b" });
    },
  ],
  ["A3", "another content type", (world) => world.client.stream({}, { "content-type": "text/plain" })],
  [
    "A4",
    "another project than UpsertBucket returned",
    (world) => world.client.post("/files/me/other/run1/file_stream", {}),
  ],
  [
    "G1",
    "a document that does not parse",
    (world) => world.client.post("/graphql", { query: "query Viewer {" }),
  ],
  [
    "G1",
    "a document without a name",
    (world) => world.client.post("/graphql", { query: "{ viewer { id } }" }),
  ],
  ["G1", "a variable of the wrong type", (world) => world.client.upsert({ tags: [5] })],
  [
    "G1",
    "a required variable left out",
    (world) => world.client.call("CreateRunFiles", { entity: "me", project: "proj" }),
  ],
  ["G1", "config that is no JSON", (world) => world.client.upsert({ config: "{lr: 0.1}" })],
  [
    "G1",
    "an operation name that is not in the document",
    (world) => world.client.post("/graphql", { query: "query A { viewer { id } }", operationName: "B" }),
  ],
  [
    "G2",
    "a field that does not exist",
    (world) => world.client.post("/graphql", { query: "query A { viewer { shoeSize } }" }),
  ],
  [
    "G4",
    "files before UpsertBucket",
    (world) =>
      world.client.call("CreateRunFiles", { entity: "me", project: "proj", run: "other", files: ["a"] }),
  ],
  ["G4", "an illegal run id", (world) => world.client.upsert({ name: "a/b" })],
  ["G4", "an illegal project", (world) => world.client.upsert({ name: "x", project: "a#b" })],
  ["G4", "a tag twice", (world) => world.client.upsert({ tags: ["a", "a"] })],
  ["G4", "config without wrappers", (world) => world.client.upsert({}, { lr: 0.1 })],
  ["G4", "config without telemetry", (world) => world.client.upsert({ config: "{}" })],
  [
    "G4",
    "config that has lost a key",
    async (world) => {
      await world.client.upsert({}, { lr: { value: 1 } });
      await world.client.upsert({}, {});
    },
  ],
  ["G4", "no config at first", (world) => world.client.upsert({ name: "other", config: null })],
  [
    "S1",
    "a resumed run that nobody asked for",
    (world) => world.client.upsert({ id: world.server.run("run1").storageId }),
  ],
  [
    "S1",
    "another storage id",
    async (world) => {
      await world.client.resumeStatus();
      await world.client.upsert({ id: "other" });
    },
  ],
  [
    "S3",
    "a resumed run that begins at 0",
    async (world) => {
      await world.client.stream(historyOf(LINES));
      await world.client.resumeStatus();
      await world.client.upsert({ id: world.server.run("run1").storageId });
      await world.client.stream(historyOf([JSON.stringify(row(2))]));
    },
  ],
];
