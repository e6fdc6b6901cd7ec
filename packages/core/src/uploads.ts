import type { Upload, UploadRequest } from "./destination.ts";
import { MlogError, check } from "./errors.ts";
import { throwAny, toError } from "./failures.ts";
import { formatNameWithTime, toRemoteName } from "./name-format.ts";
import { ignorable } from "./maybe-promise.ts";
import type { Stamp } from "./records.ts";
import type { Route } from "./route.ts";
import type { State } from "./state.ts";

/**
 * Fills in both names and checks the remote one.
 *
 * @throws `INVALID_ARGUMENT`, `INVALID_NAME`
 */
export function uploadRequest(
  state: State,
  remoteFileName: string,
  filePath: string | URL,
  { overwrite = false }: { overwrite?: boolean } = {},
): UploadRequest {
  const format = (text: string, argument: string): string => {
    check(typeof text === "string" && text !== "", "INVALID_ARGUMENT", argument, "be a path", text, "");
    return formatNameWithTime(text, state);
  };
  const remote = toRemoteName(format(remoteFileName, "remoteFileName"), "remoteFileName");
  const path = format(filePath instanceof URL ? pathOf(filePath) : filePath, "filePath");
  return Object.freeze({ remoteFileName: remote, filePath: path, overwrite });
}

function pathOf({ protocol, pathname }: URL): string {
  check(protocol === "file:", "INVALID_ARGUMENT", "filePath", "be a path or a file: URL", protocol, "");
  // On Windows the path of file:///C:/x is /C:/x.
  return decodeURIComponent(pathname).replace(/^\/([a-z]:)/i, "$1");
}

/** Hands a file to every route that takes files. Never throws; both promises may be ignored. */
export function uploadTo(routes: readonly Route[], request: UploadRequest, stamp: Stamp): Upload {
  const takers = routes.filter((route) => route.takesFiles);
  const uploads = takers.map((route) => {
    const begin = async (): Promise<Upload> => {
      try {
        return route.destination.uploadFile!(request, stamp);
      } catch (error) {
        route.fail(error);
        throw error;
      }
    };
    return route.starting ? route.ready.then(begin) : begin();
  });
  return {
    staged: ignorable(all(uploads.map(async (upload) => (await upload).staged)).then(() => undefined)),
    uploaded: ignorable(
      all(uploads.map(async (upload) => (await upload).uploaded)).then((files) => {
        if (takers.length > 0) return files.flat();
        throw new MlogError("NO_UPLOAD_DESTINATION", "no destination has uploadFile");
      }),
    ),
  };
}

async function all<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  const errors: Error[] = [];
  const keep = (error: unknown): void => void errors.push(toError(error));
  const values = await Promise.all(promises.map((promise) => promise.catch(keep)));
  throwAny(errors);
  return values as Value[];
}
