import { expect, test } from "bun:test";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { never } from "./fixtures.ts";
import { poolWithPlugin } from "./pool-with-plugin.ts";

/** What a pool whose plugin says that answers, and what the plugin was asked. */
async function asked(said: string) {
  const { xapi, asked: calls } = poolWithPlugin(said);
  const answer = await xapi.askHistory(hostUuid("h2"), 1_795_000_000_000.5, never());
  return { answer, calls };
}

test("askHistory: a function of the plugin, and what it says", async () => {
  const { answer, calls } = await asked('{"events":[{"kind":"said"},7]}');
  expect(answer).toEqual({ ok: true, value: [{ kind: "said" }, 7] });
  expect(calls).toEqual([["OpaqueRef:h2", "ha-lizard-plugin", "history", { since: "1795000000000" }]]);
});

for (const said of ["", "{", "[]", '{"events":{}}', "null"])
  test(`askHistory: ${JSON.stringify(said)} is no answer`, async () =>
    expect((await asked(said)).answer).toMatchObject({ ok: false, fault: { kind: "malformed" } }));
