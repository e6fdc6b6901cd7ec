import type { LoggerDestination, RemoteFile, TransferOptions } from "./destination.ts";
import { MlogAggregateError, MlogError, isMlogError } from "./errors.ts";

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
  const sources = destinations.filter((destination) => destination.downloadFile !== undefined);
  if (sources.length === 0) throw noDestination("downloadFile");
  const errors: Error[] = [];
  for (const source of sources) {
    try {
      return await source.downloadFile!(remoteFileName, path, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isMlogError(error, "FILE_NOT_FOUND")) errors.push(error as Error);
    }
  }
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1)
    throw new MlogAggregateError("DESTINATION_FAILED", errors, `${remoteFileName} could not be downloaded`);
  const names = sources.map((source) => source.name).join(", ");
  throw new MlogError("FILE_NOT_FOUND", `${remoteFileName} is in none of: ${names}`);
}

/** Lists the files of all destinations that can list, one after the other. */
export async function* listFrom(
  destinations: readonly LoggerDestination[],
  prefix: string,
): AsyncIterable<RemoteFile> {
  const sources = destinations.filter((destination) => destination.listFiles !== undefined);
  if (sources.length === 0) throw noDestination("listFiles");
  for (const source of sources) yield* source.listFiles!(prefix);
}

function noDestination(verb: string): MlogError {
  return new MlogError(
    "NO_DOWNLOAD_DESTINATION",
    `${verb}: no destination of this logger can give files back`,
  );
}
