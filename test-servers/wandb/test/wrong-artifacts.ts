import { ArtifactClient, digestOf, md5, randomId } from "./artifact-client.ts";
import type { Wrong } from "./wrong.ts";

/** What breaks the rules of artifacts, one at a time. */
export const WRONG_ARTIFACTS: readonly Wrong[] = [
  [
    "R1",
    "files before the manifest is announced",
    async (world) => {
      const artifact = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await artifact.create();
      await artifact.sendFiles();
    },
  ],
  [
    "R2",
    "another digest than the formula gives",
    (world) =>
      new ArtifactClient(world.client, { a: Buffer.from("a") }).send({
        digest: digestOf({ b: Buffer.from("a") }),
      }),
  ],
  [
    "R3",
    "other bytes than were announced",
    async (world) => {
      const artifact = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await artifact.create();
      await artifact.announce();
      await artifact.sendFiles(() => Buffer.from("b"));
    },
  ],
  [
    "R4",
    "another manifest than was announced",
    async (world) => {
      const artifact = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await artifact.create();
      await artifact.announce();
      await artifact.sendFiles();
      await artifact.sendManifest(md5(Buffer.from("other")));
    },
  ],
  [
    "R5",
    "a commit before the manifest",
    async (world) => {
      const artifact = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await artifact.create();
      await artifact.announce();
      await artifact.commit();
    },
  ],
  [
    "R5",
    "a commit without a file",
    async (world) => {
      const artifact = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await artifact.create();
      await artifact.announce();
      await artifact.sendManifest();
      await artifact.commit();
    },
  ],
  [
    "R6",
    "content that is there already",
    async (world) => {
      await new ArtifactClient(world.client, { a: Buffer.from("a") }).send();
      const again = new ArtifactClient(world.client, { a: Buffer.from("a") });
      await again.create();
      await again.announce();
    },
  ],
  [
    "R7",
    "an illegal name",
    (world) => new ArtifactClient(world.client, {}).create({ artifactCollectionName: "a/b" }),
  ],
  [
    "R7",
    "an illegal alias",
    (world) => new ArtifactClient(world.client, {}).create({ aliases: aliases("a:b", "latest") }),
  ],
  [
    "R7",
    "no alias latest",
    (world) => new ArtifactClient(world.client, {}).create({ aliases: aliases("best") }),
  ],
  [
    "R7",
    "an alias twice",
    (world) => new ArtifactClient(world.client, {}).create({ aliases: aliases("latest", "latest") }),
  ],
  ["R8", "a short client id", (world) => new ArtifactClient(world.client, {}).create({ clientID: "abc" })],
  [
    "R8",
    "one client id for two artifacts",
    async (world) => {
      const clientID = randomId();
      await new ArtifactClient(world.client, { a: Buffer.from("a") }).create({ clientID });
      await new ArtifactClient(world.client, { b: Buffer.from("b") }).create({ clientID });
    },
  ],
];

function aliases(...names: readonly string[]): object[] {
  return names.map((alias) => ({ artifactCollectionName: "art", alias }));
}
