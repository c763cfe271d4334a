import { describe, expect, test } from "bun:test";
import { whenText } from "../../../src/cli/screens/replay.ts";
import type { CoreSettings } from "../../../src/core/model/settings.ts";
import { WhatIf } from "../../../src/record/what-if.ts";
import { roundsOfMaster } from "./told-failover.ts";

/** What these settings would have changed in the failover, without its VMs. */
async function changed(change: Partial<CoreSettings>): Promise<readonly string[]> {
  const whatIf = new WhatIf(change);
  for (const round of await roundsOfMaster()) whatIf.take(round);
  return whatIf.found.map((other) => `${other.action.kind}: ${whenText(other)}`);
}

describe("WhatIf", () => {
  test("the settings that were in force change nothing", async () => {
    expect(await changed({})).toEqual([]);
    expect(await changed({ XAPI_COUNT: 2, FENCE_ENABLED: true })).toEqual([]);
  });

  test("less patience fences earlier, by as much", async () => {
    expect((await changed({ XAPI_COUNT: 1 }))[0]).toMatch(/^fence-host: [3-7] s earlier$/);
  });

  test("more patience than the record has would not have fenced at all, nor what follows from it", async () => {
    const found = await changed({ XAPI_COUNT: 60 });
    expect(found).toContain("fence-host: not at all; it was decided then");
    expect(found).toContain("declare-host-dead: not at all; it was decided then");
    expect(found.filter((text) => text === "start-vm: not at all; it was decided then").length).toBe(2);
  });

  test("a reset switches the host on again, which was not decided", async () => {
    expect(await changed({ FENCE_ACTION: "reset" })).toContain("switch-on-host: then; it was not decided");
  });
});
