import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";

// Who needs a folder starts threads and syncs disks, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlog-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
