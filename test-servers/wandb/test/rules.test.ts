import { describe, expect, it } from "vitest";
import { RULES, startWandb } from "../index.ts";
import { Client } from "./client.ts";
import { WRONG_ARTIFACTS } from "./wrong-artifacts.ts";
import { WRONG_CALLS } from "./wrong-calls.ts";
import { WRONG_FILES } from "./wrong-files.ts";
import { WRONG_MEDIA } from "./wrong-media.ts";
import { WRONG_STREAMS } from "./wrong-streams.ts";
import type { RuleTest } from "./wrong.ts";

const WRONG = [...WRONG_CALLS, ...WRONG_STREAMS, ...WRONG_FILES, ...WRONG_ARTIFACTS];

describe("a server for W&B clients notices", () => {
  it.each(WRONG)("%s: %s", async (rule, _, act) => {
    await using server = await startWandb({ now: () => world.now });
    const world: RuleTest = { server, client: new Client(server), now: 1_000_000 };
    await world.client.upsert();
    await act(world);
    expect(new Set(server.violations.map((violation) => violation.rule))).toEqual(new Set([rule]));
    expect(() => server.assertNoViolations()).toThrow(RULES[rule]);
  });

  it("every rule in a test of its own", () => {
    const tested = [...WRONG, ...WRONG_MEDIA].map(([rule]) => rule);
    expect(new Set(tested)).toEqual(new Set(Object.keys(RULES)));
  });
});
