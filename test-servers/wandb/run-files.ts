import { Refusal } from "./exchange.ts";
import type { CallContext } from "./graphql-endpoint.ts";
import type { Run, RunFile } from "./run.ts";
import { Storage } from "./storage.ts";
import type { Violations } from "./violations.ts";

/** What every PUT of a run file must carry; a colon in the value, since clients split at the first one only. */
const HEADERS = { "x-signed-for": "run:files:v1" };
const CALL = "CreateRunFiles";

interface CreatedRunFiles {
  readonly runID: string;
  readonly uploadHeaders: readonly string[];
  readonly files: readonly { readonly name: string; readonly uploadUrl: string }[];
}

/** URLs to which the files of these names can be sent. */
export function createRunFiles(
  run: Run,
  names: readonly string[],
  { whenDelivered }: CallContext,
  storage: Storage,
  violations: Violations,
): CreatedRunFiles {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) violations.add("U1", CALL, `${twice} is asked for twice`);
  const files = names.map((name) => {
    if (!isSafe(name)) {
      violations.add("U1", CALL, `${JSON.stringify(name)} is no relative name`);
      throw new Refusal(400, `invalid file name ${JSON.stringify(name)}`);
    }
    const file = run.files.get(name) ?? { bytes: undefined, acknowledged: false, hasUrl: false };
    run.files.set(name, file);
    if (file.hasUrl) violations.add("U1", CALL, `${name} is asked for again, and its URL was not used`);
    whenDelivered.push(() => (file.hasUrl = true));
    return { name, uploadUrl: storage.signUpload(targetOf(name, file, violations)) };
  });
  return { runID: run.storageId, uploadHeaders: Storage.headerLines(HEADERS), files };
}

/** The same, in the form in which older servers answer. */
export function runUploadUrls(...parameters: Parameters<typeof createRunFiles>): object {
  const { uploadHeaders, files } = createRunFiles(...parameters);
  const edges = files.map(({ name, uploadUrl }) => ({ node: { id: name, name, url: uploadUrl } }));
  return { uploadHeaders, pageInfo: { hasNextPage: false, endCursor: null }, edges };
}

function targetOf(name: string, file: RunFile, violations: Violations): Parameters<Storage["signUpload"]>[0] {
  return {
    name,
    headers: HEADERS,
    arrived() {
      file.hasUrl = false;
    },
    store(bytes) {
      if (file.acknowledged && file.bytes?.equals(bytes) === true) {
        violations.add("U1", "PUT", `${name} is sent again with the same content`);
      }
      file.bytes = bytes;
      file.acknowledged = false;
    },
    acknowledge() {
      file.acknowledged = true;
    },
  };
}

function isSafe(name: string): boolean {
  return name !== "" && !/^(?:\/|[A-Za-z]:)|\\|\0/.test(name) && !name.split("/").includes("..");
}
