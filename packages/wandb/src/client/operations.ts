/** A GraphQL document, and in words what it does. */
export interface Operation {
  readonly name: string;
  readonly document: string;
  /** For errors, such as `"the start of the run"`. */
  readonly what: string;
}

export const VIEWER: Operation = {
  name: "Viewer",
  what: "the login",
  document: "query Viewer { viewer { id entity username } }",
};

export const SERVER_FEATURES: Operation = {
  name: "ServerFeaturesQuery",
  what: "a question about the server",
  document: "query ServerFeaturesQuery { serverInfo { features { name isEnabled } } }",
};

export const RUN_RESUME_STATUS: Operation = {
  name: "RunResumeStatus",
  what: "a question about the run",
  document: `query RunResumeStatus($project: String, $entity: String, $name: String!) {
    model(name: $project, entityName: $entity) {
      id name entity { id name }
      bucket(name: $name, missingOk: true) {
        id name displayName summaryMetrics logLineCount historyLineCount eventsLineCount historyTail eventsTail
        config tags notes wandbConfig(keys: ["t"])
      }
    }
  }`,
};

export const UPSERT_BUCKET: Operation = {
  name: "UpsertBucket",
  what: "the run",
  document: `mutation UpsertBucket(
    $id: String, $name: String, $project: String, $entity: String, $groupName: String, $description: String,
    $displayName: String, $notes: String, $commit: String, $config: JSONString, $host: String, $debug: Boolean,
    $program: String, $repo: String, $jobType: String, $state: String, $sweep: String, $tags: [String!],
    $summaryMetrics: JSONString
  ) {
    upsertBucket(input: {
      id: $id, name: $name, groupName: $groupName, modelName: $project, entityName: $entity,
      description: $description, displayName: $displayName, notes: $notes, config: $config, commit: $commit,
      host: $host, debug: $debug, jobProgram: $program, jobRepo: $repo, jobType: $jobType, state: $state,
      sweep: $sweep, tags: $tags, summaryMetrics: $summaryMetrics
    }) {
      bucket { id name displayName project { id name entity { id name } } historyLineCount }
      inserted
    }
  }`,
};

/** What servers have that do not know {@link CREATE_RUN_FILES}. */
export const RUN_UPLOAD_URLS: Operation = {
  name: "RunUploadUrls",
  what: "files of the run",
  document: `query RunUploadUrls($entity: String, $project: String, $run: String!, $files: [String]!) {
    model(name: $project, entityName: $entity) {
      bucket(name: $run) { id files(names: $files) { uploadHeaders edges { node { name url(upload: true) } } } }
    }
  }`,
};

export const CREATE_RUN_FILES: Operation = {
  name: "CreateRunFiles",
  what: "files of the run",
  document: `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
    createRunFiles(input: { entityName: $entity, projectName: $project, runName: $run, files: $files }) {
      runID uploadHeaders files { name uploadUrl }
    }
  }`,
};
