import { within } from "../check.ts";
import { checkHeld } from "../compare.ts";
import { loggedKinds } from "../log-calls.ts";
import type { Rule } from "../rule.ts";
import { SourceFolder } from "../source-folder.ts";

export const snapshots: readonly Rule[] = [
  {
    group: "snapshots",
    name: "keeps what was true at the call, whatever the caller changes afterwards",
    appliesTo: ({ keeps }) => loggedKinds(keeps).length > 0,
    async check({ open, settings }) {
      const bench = await open();
      const { logger } = bench;
      const metrics = { loss: 0 };
      const nested = { layers: [0] };
      const values = new Float32Array(4);
      const pixels = new Uint8Array(12);
      for (let i = 1; i <= 8; i++) {
        metrics.loss = i;
        nested.layers[0] = i;
        values.fill(i);
        pixels.fill(i);
        logger.logMetrics(metrics);
        if (settings.keeps.includes("trace")) logger.logTraces(nested);
        if (settings.keeps.includes("table")) logger.logTable(["layers"], [[nested.layers]]);
        if (settings.keeps.includes("histogram")) logger.logHistogram("values", values, { bins: 2 });
        if (settings.keeps.includes("image")) logger.logImages({ data: pixels, shape: [3, 2, 2] });
      }
      metrics.loss = -1;
      nested.layers[0] = -1;
      values.fill(-1);
      pixels.fill(255);
      await bench.settle();
      checkHeld(await bench.read(), bench.recorder.records, {
        kinds: loggedKinds(settings.keeps).filter((kind) => kind !== "hyperparameter"),
      });
    },
  },
  {
    group: "snapshots",
    name: "stores a file as it was when it was staged",
    appliesTo: ({ keeps }) => keeps.includes("file"),
    async check({ open, settings }) {
      await using folder = await SourceFolder.make();
      const bench = await open();
      const path = await folder.write("model.txt", "before");
      const { staged, uploaded } = bench.logger.uploadFile("model.txt", path);
      await within(settings.deadline, "staged", staged);
      await folder.write("model.txt", "after!");
      await within(settings.deadline, "uploaded", uploaded);
      const expected = [{ kind: "file", name: "model.txt", value: "before" }] as const;
      checkHeld(await bench.read(), expected, { kinds: ["file"] });
    },
  },
];
