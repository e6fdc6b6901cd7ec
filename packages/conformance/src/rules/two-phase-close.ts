import type { LoggerDestination, RunContext, Upload } from "@mlog/core";
import { check, within } from "../check.ts";
import { checkHeld } from "../compare.ts";
import { loggedKinds, logSome } from "../log-calls.ts";
import type { Rule } from "../rule.ts";
import { SourceFolder } from "../source-folder.ts";

export const twoPhaseClose: readonly Rule[] = [
  {
    group: "twoPhaseClose",
    name: "delivers what was never flushed",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open();
      logSome(bench, settings.keeps);
      await bench.close();
      const comparison = { kinds: loggedKinds(settings.keeps) };
      checkHeld(await bench.read(), bench.recorder.records, comparison);
    },
  },
  {
    group: "twoPhaseClose",
    name: "takes files that others hand over while they close",
    appliesTo: ({ keeps }) => keeps.includes("file"),
    async check({ open, settings }) {
      await using folder = await SourceFolder.make();
      const path = await folder.write("last.txt", "the last one");
      let run: RunContext;
      let upload: Upload | undefined;
      const other: LoggerDestination = {
        name: "hands over at the end",
        specVersion: 1,
        init: (given) => void (run = given),
        async close() {
          await bench.observed.closed;
          upload = run.uploadFile("last.txt", path);
          await upload.staged;
        },
      };
      const bench = await open({ others: [other] });
      await bench.close();
      await within(settings.deadline, "the upload", upload!.uploaded);
      const expected = [{ kind: "file", name: "last.txt", value: "the last one" }] as const;
      checkHeld(await bench.read(), expected, { kinds: ["file"] });
    },
  },
  {
    group: "twoPhaseClose",
    name: "hands its own files over before the second phase",
    async check({ open, settings }) {
      let tooLate = "";
      const uploader: LoggerDestination = {
        name: "uploader",
        specVersion: 1,
        uploadFile({ remoteFileName }) {
          if (bench.observed.isPostClosing()) tooLate = remoteFileName;
          return { staged: Promise.resolve(), uploaded: Promise.resolve([]) };
        },
      };
      const bench = await open({ others: [uploader] });
      logSome(bench, settings.keeps);
      await bench.close();
      check(tooLate === "", `${tooLate} was handed over in postClose(), when nobody takes files any more`);
    },
  },
];
