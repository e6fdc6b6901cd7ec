import { GraphQLError, type GraphQLScalarType, Kind, type GraphQLSchema, buildSchema } from "graphql";
import { parseExtended } from "./extended-json.ts";

/** What clients of W&B ask for. Written from the protocol; the real schema has a hundred times as much. */
const TYPES = `
  scalar JSON
  scalar JSONString
  scalar Int64
  scalar DateTime

  scalar Duration

  enum AlertSeverity { INFO WARN ERROR }
  enum ArtifactState { PENDING COMMITTED DELETED }
  enum ArtifactStorageLayout { V1 V2 }
  enum ArtifactManifestType { FULL INCREMENTAL PATCH }
  enum ArtifactDigestAlgorithm { MANIFEST_MD5 }

  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Entity { id: ID! name: String! organization: Organization }
  type Organization { id: ID! name: String! coreWeaveOrganizationId: ID }
  type User { id: ID! entity: String username: String email: String flags: JSONString teams: EntityConnection }
  type EntityConnection { edges: [EntityEdge!]! }
  type EntityEdge { node: Entity }
  type ServerInfo { features: [ServerFeature] cliVersionInfo: JSON }
  type ServerFeature { name: String! isEnabled: Boolean! }

  type Project {
    id: ID! internalId: ID! name: String! entity: Entity!
    bucket(name: String, missingOk: Boolean, desc: String): Run
    run(name: String!): Run
    artifact(name: String!): Artifact
    artifactType(name: String!): ArtifactType
    artifactCollection(name: String!): ArtifactCollection
    artifactCollectionMembership(name: String!): ArtifactCollectionMembership
  }
  type Run {
    id: ID! name: String! displayName: String description: String notes: String tags: [String!] group: String jobType: String
    config: JSONString summaryMetrics: JSONString wandbConfig(keys: [String!]): JSONString sweepName: String
    project: Project! stopped: Boolean
    historyLineCount: Int eventsLineCount: Int logLineCount: Int historyTail: JSONString eventsTail: JSONString
    files(names: [String]): FileConnection
  }

  type FileConnection { uploadHeaders: [String!] pageInfo: PageInfo! edges: [FileEdge!]! }
  type FileEdge { node: File }
  type File {
    id: ID! name: String! url(upload: Boolean): String directUrl: String storagePath: String
    uploadUrl: String uploadHeaders: [String!] uploadMultipartUrls: MultipartUrls artifact: Artifact
    sizeBytes: Int64! md5: String digest: String
  }
  type MultipartUrls { uploadID: String! uploadUrlParts: [MultipartUrl!]! }
  type MultipartUrl { partNumber: Int64! uploadUrl: String! }

  type ArtifactType { id: ID! name: String! artifactCollection(name: String!): ArtifactCollection }
  type ArtifactAlias { id: ID! alias: String! artifactCollection: ArtifactCollection }
  type Tag { id: ID! name: String! }
  interface ArtifactCollection {
    id: ID! name: String! project: Project artifactMembership(aliasName: String!): ArtifactCollectionMembership
  }
  type ArtifactSequence implements ArtifactCollection {
    id: ID! name: String! project: Project artifactMembership(aliasName: String!): ArtifactCollectionMembership
    latestArtifact: Artifact
  }
  type ArtifactCollectionMembership {
    id: ID! createdAt: DateTime! versionIndex: Int aliases: [ArtifactAlias!]! artifactCollection: ArtifactCollection artifact: Artifact
    files(names: [String!], after: String, first: Int): FileConnection
  }
  type Artifact {
    id: ID! state: ArtifactState! digest: String! description: String metadata: JSONString size: Int64! fileCount: Int64!
    versionIndex: Int historyStep: Int64 aliases: [ArtifactAlias!]! tags: [Tag!]! commitHash: String
    ttlDurationSeconds: Int64! ttlIsInherited: Boolean! createdAt: DateTime! updatedAt: DateTime
    artifactType: ArtifactType! artifactSequence: ArtifactSequence! currentManifest: ArtifactManifest
    files(names: [String!], after: String, first: Int): FileConnection
  }
  type ArtifactManifest { id: ID! digest: String! file: File! }

  input UpsertBucketInput {
    id: String name: String groupName: String modelName: String entityName: String description: String displayName: String
    notes: String config: JSONString commit: String host: String debug: Boolean jobProgram: String jobRepo: String
    jobType: String state: String sweep: String tags: [String!] summaryMetrics: JSONString clientMutationId: String
  }
  input CreateRunFilesInput {
    entityName: String! projectName: String! runName: String! files: [String!]! clientMutationId: String
  }
  input ArtifactAliasInput { artifactCollectionName: String! alias: String! }
  input TagInput { tagName: String! attributes: JSONString }
  input CreateArtifactInput {
    artifactTypeName: String! digest: String! digestAlgorithm: ArtifactDigestAlgorithm! entityName: String! projectName: String!
    artifactCollectionName: String artifactCollectionNames: [String!] aliases: [ArtifactAliasInput!] runName: String
    description: String metadata: JSONString labels: JSONString historyStep: Int64 enableDigestDeduplication: Boolean
    clientID: ID sequenceClientID: ID distributedID: String tags: [TagInput!] ttlDurationSeconds: Int64 storageRegion: String
    clientMutationId: String
  }
  input CreateArtifactManifestInput {
    artifactID: ID! baseArtifactID: ID name: String! digest: String! entityName: String! projectName: String! runName: String!
    type: ArtifactManifestType = FULL clientMutationId: String
  }
  input CreateArtifactFileSpecInput {
    artifactID: ID! name: String! md5: String! artifactManifestID: ID mimetype: String uploadPartsInput: [UploadPartsInput!]
  }
  input UploadPartsInput { partNumber: Int64! hexMD5: String! }
  input CreateArtifactFilesInput {
    artifactFiles: [CreateArtifactFileSpecInput!]! storageLayout: ArtifactStorageLayout = V1 cloudRegionID: ID clientMutationId: String
  }
  input CommitArtifactInput { artifactID: ID! clientMutationId: String }
  input UpdateArtifactInput { artifactID: ID! description: String metadata: JSONString clientMutationId: String }

  input NotifyScriptableRunAlertInput {
    entityName: String! projectName: String! runName: String! title: String! text: String! severity: AlertSeverity
    waitDuration: Duration clientMutationId: String
  }

  type NotifyScriptableRunAlertPayload { success: Boolean! }
  type UpsertBucketPayload { bucket: Run inserted: Boolean }
  type CreateRunFilesPayload { runID: ID! uploadHeaders: [String!]! files: [RunFileUrl!]! }
  type RunFileUrl { name: String! uploadUrl: String }
  type CreateArtifactPayload { artifact: Artifact! }
  type CommitArtifactPayload { artifact: Artifact! }
  type UpdateArtifactPayload { artifact: Artifact! }
  type CreateArtifactManifestPayload { artifactManifest: ArtifactManifest! }
  type CreateArtifactFilesPayload { files: FileConnection! }
  type ClientIDMapping { serverID: ID! }

  type Query {
    viewer: User
    serverInfo: ServerInfo
    model(name: String, entityName: String): Project
    project(name: String, entityName: String): Project
    entity(name: String!): Entity
    artifact(id: ID!): Artifact
    clientIDMapping(clientID: ID!): ClientIDMapping
  }
  type Mutation {
    upsertBucket(input: UpsertBucketInput!): UpsertBucketPayload
    createRunFiles(input: CreateRunFilesInput!): CreateRunFilesPayload
    createArtifact(input: CreateArtifactInput!): CreateArtifactPayload
    createArtifactManifest(input: CreateArtifactManifestInput!): CreateArtifactManifestPayload
    createArtifactFiles(input: CreateArtifactFilesInput!): CreateArtifactFilesPayload
    commitArtifact(input: CommitArtifactInput!): CommitArtifactPayload
    updateArtifact(input: UpdateArtifactInput!): UpdateArtifactPayload
    notifyScriptableRunAlert(input: NotifyScriptableRunAlertInput!): NotifyScriptableRunAlertPayload
  }
`;

/** The schema, with scalars that check what they are given. */
export function buildWandbSchema(): GraphQLSchema {
  const schema = buildSchema(TYPES);
  scalar(schema, "JSONString", (value) => {
    if (typeof value !== "string") throw new GraphQLError(`JSONString must be text, not ${typeof value}`);
    try {
      parseExtended(value);
    } catch {
      throw new GraphQLError("JSONString must be JSON");
    }
    return value;
  });
  scalar(schema, "Int64", (value) => {
    if (!Number.isSafeInteger(value))
      throw new GraphQLError(`Int64 must be an integer, not ${String(value)}`);
    return value;
  });
  return schema;
}

function scalar(schema: GraphQLSchema, name: string, read: (value: unknown) => unknown): void {
  const type = schema.getType(name) as GraphQLScalarType;
  type.coerceInputValue = read;
  type.coerceInputLiteral = (node) => {
    if (node.kind === Kind.STRING || node.kind === Kind.INT) {
      return read(node.kind === Kind.INT ? Number(node.value) : node.value);
    }
    throw new GraphQLError(`${name} cannot be ${node.kind}`);
  };
}
