import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../protocol.ts";
import type { Api } from "./api.ts";
import { useFetched } from "./entries.ts";
import { formatBytes, formatTime } from "./format.ts";
import { RunName } from "./run-name.tsx";
import * as state from "./state.ts";

/** The files in the folders of the shown runs. */
export function Files({ api }: { api: Api }): JSX.Element {
  return (
    <>
      {state.selected.value.map((run) => (
        <FileCard key={run.id} api={api} run={run} />
      ))}
    </>
  );
}

function nameOf(run: RunSummary, path: string): string {
  return run.path === "" ? path : path.slice(run.path.length + 1);
}

function FileCard({ api, run }: { api: Api; run: RunSummary }): JSX.Element {
  const { value = [], problem } = useFetched(run.id, async () => api.files(run.id));
  const trouble = useSignal("");
  const save = async (path: string): Promise<void> => {
    try {
      const url = URL.createObjectURL(await api.file(run.id, path));
      const link = document.createElement("a");
      link.href = url;
      link.download = path.slice(path.lastIndexOf("/") + 1);
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      trouble.value = (error as Error).message;
    }
  };
  return (
    <article class="card media" aria-label={`Files of ${run.name}`}>
      <div class="head">
        <RunName run={run} />
        <span class="place">{run.path}</span>
      </div>
      <p class="problem" hidden={problem === "" && trouble.value === ""}>
        {problem}
        {trouble.value}
      </p>
      <div class="scroll" tabIndex={0} role="group" aria-label={`Files of ${run.name}`}>
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th>Size</th>
              <th>Changed</th>
            </tr>
          </thead>
          <tbody>
            {value.map(({ path, size, modified }) => (
              <tr key={path}>
                <td>
                  {api.isReport ? (
                    nameOf(run, path)
                  ) : (
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => void save(path)}
                      aria-label={`Save ${path}`}
                    >
                      {nameOf(run, path)}
                    </button>
                  )}
                </td>
                <td class="number">{formatBytes(size)}</td>
                <td>{modified > 0 ? formatTime(modified) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </article>
  );
}
