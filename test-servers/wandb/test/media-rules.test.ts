import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WandbServer, startWandb } from "../index.ts";
import { Client } from "./client.ts";
import { goodRun, logRun } from "./media-run.ts";
import { WRONG_MEDIA } from "./wrong-media.ts";

let server: WandbServer;
beforeEach(async () => {
  server = await startWandb();
});
afterEach(() => server.close());

describe("a server for W&B clients notices in media", () => {
  it("nothing wrong where all agrees", async () => {
    await logRun(new Client(server), goodRun());
    expect(server.violations).toEqual([]);
  });

  it.each(WRONG_MEDIA)("%s: %s", async (rule, _, spoil) => {
    const run = goodRun();
    spoil(run);
    await logRun(new Client(server), run);
    const rules = new Set(server.violations.map((violation) => violation.rule));
    // What never arrives was not uploaded either.
    if (rule === "M1") rules.delete("F9");
    expect([...rules]).toEqual([rule]);
  });
});
