import { constants } from "node:fs";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LoggerDestination, RemoteFile } from "@mlog/core";

/** A destination that takes files: it copies them below a folder. */
export function folderUploader(folder: string): LoggerDestination {
  const copies = new Set<Promise<unknown>>();
  return {
    name: "folder",
    specVersion: 1,
    uploadFile({ remoteFileName, filePath, overwrite }) {
      const target = join(folder, remoteFileName);
      const copied = (async (): Promise<readonly RemoteFile[]> => {
        await mkdir(dirname(target), { recursive: true });
        await copyFile(filePath, target, overwrite ? 0 : constants.COPYFILE_EXCL);
        return [{ destination: "folder", name: remoteFileName, size: (await stat(target)).size }];
      })();
      const settled: Promise<unknown> = copied.catch(() => undefined).then(() => copies.delete(settled));
      copies.add(settled);
      return { staged: copied.then(() => undefined), uploaded: copied };
    },
    async postClose() {
      await Promise.all(copies);
    },
  };
}
