import type { Operation } from "../client/operations.ts";

export const CREATE_ARTIFACT: Operation = {
  name: "CreateArtifact",
  what: "an artifact",
  document: `mutation CreateArtifact($input: CreateArtifactInput!) {
    createArtifact(input: $input) { artifact { id state artifactSequence { latestArtifact { id } } } }
  }`,
};

export const CREATE_ARTIFACT_MANIFEST: Operation = {
  name: "CreateArtifactManifest",
  what: "the manifest of an artifact",
  document: `mutation CreateArtifactManifest(
    $artifactID: ID!, $baseArtifactID: ID, $name: String!, $digest: String!, $entityName: String!, $projectName: String!,
    $runName: String!, $manifestType: ArtifactManifestType!, $includeUpload: Boolean!
  ) {
    createArtifactManifest(input: {
      artifactID: $artifactID, baseArtifactID: $baseArtifactID, name: $name, digest: $digest, entityName: $entityName,
      projectName: $projectName, runName: $runName, type: $manifestType
    }) {
      artifactManifest {
        id file { id uploadUrl @include(if: $includeUpload) uploadHeaders @include(if: $includeUpload) }
      }
    }
  }`,
};

export const CREATE_ARTIFACT_FILES: Operation = {
  name: "CreateArtifactFiles",
  what: "files of an artifact",
  document: `mutation CreateArtifactFiles($artifactFiles: [CreateArtifactFileSpecInput!]!, $storageLayout: ArtifactStorageLayout!) {
    createArtifactFiles(input: { artifactFiles: $artifactFiles, storageLayout: $storageLayout }) {
      files { edges { node { uploadUrl uploadHeaders artifact { id } } } }
    }
  }`,
};

export const COMMIT_ARTIFACT: Operation = {
  name: "CommitArtifact",
  what: "the commit of an artifact",
  document: `mutation CommitArtifact($artifactID: ID!) {
    commitArtifact(input: { artifactID: $artifactID }) { artifact { id digest } }
  }`,
};

export const ARTIFACT_MEMBERSHIP: Operation = {
  name: "ArtifactMembershipByName",
  what: "the search for an artifact",
  document: `query ArtifactMembershipByName($entity: String!, $project: String!, $name: String!) {
    project(name: $project, entityName: $entity) {
      artifactCollectionMembership(name: $name) {
        versionIndex artifactCollection { name } artifact { id state digest }
      }
    }
  }`,
};

export const ARTIFACT_MANIFEST: Operation = {
  name: "FetchArtifactManifest",
  what: "the manifest of an artifact",
  document: `query FetchArtifactManifest($id: ID!) {
    artifact(id: $id) { currentManifest { file { directUrl } } }
  }`,
};

export const ARTIFACT_FILE_URLS: Operation = {
  name: "GetArtifactMembershipFileUrls",
  what: "the files of an artifact",
  document: `query GetArtifactMembershipFileUrls(
    $entity: String!, $project: String!, $collection: String!, $alias: String!, $cursor: String, $perPage: Int
  ) {
    project(name: $project, entityName: $entity) {
      artifactCollection(name: $collection) {
        artifactMembership(aliasName: $alias) {
          files(after: $cursor, first: $perPage) {
            pageInfo { hasNextPage endCursor } edges { node { name directUrl } }
          }
        }
      }
    }
  }`,
};
