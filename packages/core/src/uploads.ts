import type { Upload, UploadRequest } from "./destination.ts";
import { MlogAggregateError, MlogError, MlogTypeError, describe } from "./errors.ts";
import { toError } from "./failures.ts";
import { formatNameWithTime, toRemoteName } from "./name-format.ts";
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
  const format = (text: unknown, argument: string): string => {
    if (typeof text !== "string" || text === "") {
      throw new MlogTypeError("INVALID_ARGUMENT", `${argument} must be a path, not ${describe(text)}`);
    }
    return formatNameWithTime(text, state);
  };
  const remote = toRemoteName(format(remoteFileName, "remoteFileName"), "remoteFileName");
  const path = format(filePath instanceof URL ? pathOf(filePath) : filePath, "filePath");
  return Object.freeze({ remoteFileName: remote, filePath: path, overwrite });
}

function pathOf(url: URL): string {
  if (url.protocol !== "file:") {
    throw new MlogTypeError(
      "INVALID_ARGUMENT",
      `filePath must be a path or a file: URL, not a URL of ${describe(url.protocol)}`,
    );
  }
  const path = decodeURIComponent(url.pathname);
  // On Windows the path of file:///C:/x is /C:/x.
  return /^\/[a-z]:/i.test(path) ? path.slice(1) : path;
}

/** Hands a file to every route that takes files. Never throws; both promises may be ignored. */
export function uploadTo(routes: readonly Route[], request: UploadRequest, stamp: Stamp): Upload {
  const takers = routes.filter((route) => route.destination.uploadFile !== undefined);
  if (takers.length === 0) {
    const error = new MlogError(
      "NO_UPLOAD_DESTINATION",
      `${request.remoteFileName}: no destination of this logger takes files; add one that does, or ask hasFileUploadDestination() first`,
    );
    return quiet({ staged: Promise.resolve(), uploaded: Promise.reject(error) });
  }
  const uploads = takers.map((route) => start(route, request, stamp));
  return quiet({
    staged: all(uploads.map((upload) => upload.staged)).then(() => undefined),
    uploaded: all(uploads.map((upload) => upload.uploaded)).then((files) => files.flat()),
  });
}

function start(route: Route, request: UploadRequest, stamp: Stamp): Upload {
  const begin = (): Upload => {
    try {
      return quiet(route.destination.uploadFile!(request, stamp));
    } catch (error) {
      route.failures.add(error);
      return { staged: Promise.reject(toError(error)), uploaded: Promise.reject(toError(error)) };
    }
  };
  if (!route.starting) return quiet(begin());
  const later = route.ready.then(() => quiet(begin()));
  return quiet({
    staged: later.then((upload) => upload.staged),
    uploaded: later.then((upload) => upload.uploaded),
  });
}

async function all<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  const results = await Promise.allSettled(promises);
  const errors = results.flatMap((result) => (result.status === "rejected" ? [toError(result.reason)] : []));
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1) {
    throw new MlogAggregateError(
      "DESTINATION_FAILED",
      errors,
      errors.map((error) => error.message).join("; "),
    );
  }
  return results.map((result) => (result as PromiseFulfilledResult<Value>).value);
}

/** An upload that nobody awaits must not become an unhandled rejection. */
function quiet(upload: Upload): Upload {
  upload.staged.catch(() => undefined);
  upload.uploaded.catch(() => undefined);
  return upload;
}
