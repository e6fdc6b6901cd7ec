import type { LoggerDestination, RemoteFile, TransferOptions } from "./destination.ts";
import { MlogError, isMlogError } from "./errors.ts";
import { throwAny } from "./failures.ts";

/**
 * Downloads from the first destination that has the file.
 *
 * @throws `NO_DOWNLOAD_DESTINATION`, `FILE_NOT_FOUND`, else what the destinations threw
 */
export async function downloadFrom(
  destinations: readonly LoggerDestination[],
  remoteFileName: string,
  path: string,
  options: TransferOptions,
): Promise<void> {
  const errors: Error[] = [];
  for (const source of sourcesAmong(destinations, "downloadFile")) {
    try {
      return await source.downloadFile!(remoteFileName, path, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isMlogError(error, "FILE_NOT_FOUND")) errors.push(error as Error);
    }
  }
  throwAny(errors);
  throw new MlogError("FILE_NOT_FOUND", `${remoteFileName} is in no destination`);
}

/** Lists the files of all destinations that can list, one after the other. */
export async function* listFrom(
  destinations: readonly LoggerDestination[],
  prefix: string,
): AsyncIterable<RemoteFile> {
  for (const source of sourcesAmong(destinations, "listFiles")) yield* source.listFiles!(prefix);
}

function sourcesAmong(
  destinations: readonly LoggerDestination[],
  verb: "downloadFile" | "listFiles",
): LoggerDestination[] {
  const sources = destinations.filter((destination) => destination[verb] !== undefined);
  if (sources.length > 0) return sources;
  throw new MlogError("NO_DOWNLOAD_DESTINATION", `no destination has ${verb}`);
}
